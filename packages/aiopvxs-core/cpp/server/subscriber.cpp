#include "server/subscriber.h"

#include "server/channel.h"
#include "server/send_queue.h"
#include "server/what.h"

namespace aiopvxs::server
{

Subscriber::Subscriber(std::unique_ptr<pvxs::server::MonitorSetupOp> &&setup,
                       const std::shared_ptr<Channel> &channel)
    : setup(std::move(setup)), owner(channel)
{
}

std::shared_ptr<Subscriber> Subscriber::create(std::unique_ptr<pvxs::server::MonitorSetupOp> &&setup,
                                               const std::shared_ptr<Channel> &channel,
                                               const std::shared_ptr<Handler> &handler)
{
    std::shared_ptr<Subscriber> self(new Subscriber(std::move(setup), channel));
    self->setup->onClose([self, handler](const std::string &) noexcept {
        self->end_count();
        handler->forget(self);
    });
    // that function keeps the object; the setup goes with the handler's last reference
    return std::shared_ptr<Subscriber>(self.get(), [self](Subscriber *) noexcept { self->abandon(); });
}

void Subscriber::abandon() noexcept
{
    error(dropped);
    setup.reset();
}

bool Subscriber::connect(const pvxs::Value &prototype) noexcept
{
    counted = true; // before its end can be told
    owner->used().subscriptions++;
    try {
        if (auto control = setup->connect(prototype))
            queue = SendQueue::create(std::move(control), setup->pvRequest());
    } catch (...) {
        end_count();
        error(what(std::current_exception())); // the request selects no field, or the client is gone
    }
    setup.reset();
    show_queue();
    return queue != nullptr;
}

void Subscriber::show_queue() noexcept
{
    if (!queue)
        return;
    try {
        owner->used().add_queue(this, queue);
    } catch (std::exception &) {
        return; // a report without this queue
    }
    if (!counted) // its end was told meanwhile
        owner->used().remove_queue(this);
}

void Subscriber::end_count() noexcept
{
    if (!counted.exchange(false))
        return;
    owner->used().subscriptions--;
    owner->used().remove_queue(this);
}

void Subscriber::error(const std::string &message) noexcept
{
    try {
        if (setup)
            setup->error(message);
    } catch (std::exception &) {
        // the server's worker has stopped: there is no client left to answer
    }
}

bool Subscriber::post(const pvxs::Value &value) noexcept
{
    try {
        const std::size_t before = queue->squashed();
        const bool taken = queue->post(value);
        if (queue->squashed() != before)
            owner->used().squashed += queue->squashed() - before;
        return taken;
    } catch (std::exception &) {
        return false;
    }
}

std::size_t Subscriber::squashed() const { return queue ? queue->squashed() : 0; }

} // namespace aiopvxs::server
