#include "client/kept_operation.h"

#include <cstdio>

#include "client/channel.h"
#include "forked.h"

namespace aiopvxs
{

// Owned by the callback of one EXEC. Its destruction without a call tells that pvxs will never call:
// it dropped the request because the operation was not idle, or a later EXEC took its place.
class ExecToken
{
public:
    ExecToken(const std::shared_ptr<KeptOperation> &of, std::uint64_t with_serial)
        : operation(of), serial(with_serial)
    {
    }
    ExecToken(const ExecToken &) = delete;
    ExecToken &operator=(const ExecToken &) = delete;

    ~ExecToken()
    {
        if (calls)
            return;
        report([this](Channel &channel, KeptOperation &op) { channel.on_dropped(op, serial); });
    }

    void complete(pvxs::client::Result &&result) noexcept
    {
        const bool again = calls++ > 0;
        report([&](Channel &channel, KeptOperation &op) {
            if (again)
                channel.on_refused(op, std::move(result));
            else
                channel.on_result(op, serial, std::move(result));
        });
    }

private:
    template <typename Event>
    void report(Event event) noexcept
    {
        try {
            auto op = operation.lock();
            auto to = op ? op->channel.lock() : nullptr;
            if (to)
                event(*to, *op);
        } catch (std::exception &e) {
            std::fprintf(stderr, "aiopvxs: error in a client callback: %s\n", e.what());
        }
    }

    const std::weak_ptr<KeptOperation> operation;
    const std::uint64_t serial;
    int calls = 0; // only ever touched on the worker, but for the destructor
};

KeptOperation::KeptOperation(const std::shared_ptr<Channel> &of, Waiter::Kind of_kind,
                             std::shared_ptr<const Request> with_request)
    : kind(of_kind), request(std::move(with_request)), channel(of)
{
}

KeptOperation::~KeptOperation() { forked::keep(handle); }

namespace
{

// A callback of pvxs that reaches the Channel, if there still is one, and throws nothing.
template <typename Argument, typename Event>
std::function<void(Argument)> guarded(const std::weak_ptr<KeptOperation> &operation,
                                      const std::weak_ptr<Channel> &channel, Event event)
{
    return [operation, channel, event](Argument argument) noexcept {
        try {
            auto op = operation.lock();
            auto to = channel.lock();
            if (op && to)
                event(*to, *op, std::forward<Argument>(argument));
        } catch (std::exception &e) {
            std::fprintf(stderr, "aiopvxs: error in a client callback: %s\n", e.what());
        }
    };
}

template <typename Builder>
std::shared_ptr<pvxs::client::Operation> exec(Builder &&builder, const Request &request,
                                              const std::weak_ptr<KeptOperation> &self,
                                              const std::weak_ptr<Channel> &channel)
{
    return builder.rawRequest(request.value)
        .autoExec(false)
        .syncCancel(false)
        .onInit(guarded<const pvxs::Value &>(
            self, channel,
            [](Channel &to, KeptOperation &op, const pvxs::Value &type) { to.on_init(op, type); }))
        .result(guarded<pvxs::client::Result &&>(
            self, channel,
            [](Channel &to, KeptOperation &op, pvxs::client::Result &&result) {
                to.on_refused(op, std::move(result));
            }))
        .exec();
}

} // namespace

std::shared_ptr<KeptOperation> KeptOperation::start(pvxs::client::Context &context,
                                                    const std::shared_ptr<Channel> &channel,
                                                    Waiter::Kind kind, std::shared_ptr<const Request> request)
{
    std::shared_ptr<KeptOperation> self(new KeptOperation(channel, kind, std::move(request)));
    if (kind == Waiter::Kind::get)
        self->handle =
            exec(context.get(channel->name()).server(channel->server()), *self->request, self, channel);
    else
        self->handle =
            exec(context.put(channel->name()).server(channel->server()), *self->request, self, channel);
    return self;
}

std::shared_ptr<void> KeptOperation::execute(Exec what, const pvxs::Value &value)
{
    auto token = std::make_shared<ExecToken>(shared_from_this(), ++serial);
    state = State::exec;
    executing = what;
    auto callback = [token](pvxs::client::Result &&result) noexcept { token->complete(std::move(result)); };
    if (what == Exec::put)
        handle->reExecPut(value, std::move(callback));
    else
        handle->reExecGet(std::move(callback));
    return token;
}

std::shared_ptr<void> KeptOperation::kill()
{
    state = State::dead;
    return std::move(handle);
}

} // namespace aiopvxs
