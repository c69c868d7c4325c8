#include "server/channel.h"

#include "queue/reaper.h"
#include "server/exec.h"
#include "server/operation.h"
#include "server/subscriber.h"
#include "server/what.h"

namespace aiopvxs::server
{

Channel::Channel(std::unique_ptr<pvxs::server::ChannelControl> &&control, const void *source,
                 const std::shared_ptr<Handler> &handler, const std::shared_ptr<Executor> &executor)
    : control(std::move(control)), origin(source), handler(handler), runs_handlers(executor)
{
}

std::shared_ptr<Channel> Channel::accept(std::unique_ptr<pvxs::server::ChannelControl> &&control,
                                         const void *source, const std::shared_ptr<Handler> &handler,
                                         const std::shared_ptr<Executor> &executor)
{
    std::shared_ptr<Channel> channel(new Channel(std::move(control), source, handler, executor));
    handler->opened(channel);
    try {
        channel->wire();
    } catch (...) {
        handler->closed(channel);
        throw;
    }
    return channel;
}

// pvxs keeps these functions, and so this object, as long as the channel lives; this object knows the
// channel only weakly.
void Channel::wire()
{
    auto self = shared_from_this();
    control->updateInfo(usage);
    control->onRPC([self](std::unique_ptr<pvxs::server::ExecOp> &&op, pvxs::Value &&argument) noexcept {
        Exec::run(std::move(op), Exec::Kind::rpc, self, nullptr, std::move(argument), *self->handler);
    });
    control->onOp([self](std::unique_ptr<pvxs::server::ConnectOp> &&setup) noexcept {
        try {
            self->begin(std::move(setup));
        } catch (...) {
            // out of memory: what owned the setup is gone, and its destructor answers
        }
    });
    control->onSubscribe([self](std::unique_ptr<pvxs::server::MonitorSetupOp> &&setup) noexcept {
        try {
            self->subscribe(std::move(setup));
        } catch (...) {
            // as above
        }
    });
    control->onClose([self](const std::string &) noexcept { self->ended(); });
}

void Channel::begin(std::unique_ptr<pvxs::server::ConnectOp> &&setup)
{
    auto operation = Operation::create(std::move(setup), shared_from_this(), handler);
    try {
        handler->type(operation);
    } catch (...) {
        operation->error(what(std::current_exception()));
    }
}

void Channel::subscribe(std::unique_ptr<pvxs::server::MonitorSetupOp> &&setup)
{
    auto subscriber = Subscriber::create(std::move(setup), shared_from_this(), handler);
    try {
        handler->subscribe(subscriber);
    } catch (...) {
        subscriber->error(what(std::current_exception()));
    }
}

void Channel::ended() noexcept
{
    std::vector<std::shared_ptr<Exec>> released; // after the lock: an Exec ends by answering
    std::lock_guard<std::mutex> guard(mutex);
    released.swap(parked);
    handler->closed(shared_from_this());
}

void Channel::park(const std::shared_ptr<Exec> &exec)
{
    std::lock_guard<std::mutex> guard(mutex);
    parked.push_back(exec);
}

void Channel::close_all(std::vector<std::shared_ptr<Channel>> channels)
{
    if (channels.empty())
        return;
    reaper::submit([channels = std::move(channels)]() noexcept {
        for (const auto &channel : channels) {
            try {
                channel->control->close();
            } catch (std::exception &) {
                // the server's worker has stopped, and with it the channel has ended
            }
        }
    });
}

} // namespace aiopvxs::server
