// Calls of a channel: RPC and INFO. pvxs makes an operation of its own for each, which ends with its answer.
//
// pvxs repeats both after a reconnect. That is well for an INFO; an RPC may have been executed by the
// server that was lost, so it fails unless its caller asked for the repetition.
#include "client/channel.h"

#include <algorithm>
#include <cstdio>

#include "client/session.h"

namespace aiopvxs
{

namespace
{

template <typename Builder>
std::shared_ptr<pvxs::client::Operation> exec(Builder &&builder, const std::string &server,
                                              const std::weak_ptr<Channel> &channel,
                                              const std::weak_ptr<Waiter> &waiter)
{
    return builder.server(server)
        .syncCancel(false)
        .result([channel, waiter](pvxs::client::Result &&result) noexcept {
            try {
                auto to = channel.lock();
                auto call = waiter.lock();
                if (to && call)
                    to->on_call(call, std::move(result));
            } catch (std::exception &e) {
                std::fprintf(stderr, "aiopvxs: error in a client callback: %s\n", e.what());
            }
        })
        .exec();
}

} // namespace

void Channel::add_call(const std::shared_ptr<Waiter> &waiter, Afterwards &later)
{
    try {
        auto of = session.lock();
        if (!of)
            throw std::runtime_error("The Context ends");
        auto &context = of->context();
        // its callback waits for the mutex
        if (waiter->kind == Waiter::Kind::rpc)
            waiter->call = exec(context.rpc(pv_name, waiter->value).rawRequest(waiter->request->value),
                                address, weak_from_this(), waiter);
        else
            waiter->call = exec(context.info(pv_name), address, weak_from_this(), waiter);
        waiter->value = pvxs::Value();
        calls.push_back(waiter);
    } catch (std::exception &error) {
        finish(*waiter, Failure::from(error, last_peer), later);
    }
}

void Channel::cancel_call(const std::shared_ptr<Waiter> &waiter, Afterwards &later)
{
    calls.erase(std::remove(calls.begin(), calls.end(), waiter), calls.end());
    later.release(std::move(waiter->call)); // the server's onCancel fires
}

void Channel::on_call(const std::shared_ptr<Waiter> &waiter, pvxs::client::Result &&result)
{
    Afterwards later;
    Lock lock(mutex);
    if (waiter->done)
        return;
    cancel_call(waiter, later);
    try {
        pvxs::Value value(std::move(result()));
        last_peer = result.peerName();
        finish(*waiter, std::make_unique<Result>(std::move(value)), later);
    } catch (std::exception &error) {
        finish(*waiter, Failure::from(error, last_peer), later);
    }
}

void Channel::calls_disconnected(Afterwards &later)
{
    // pvxs would send it again only after a reply on the next connection, and the handle is released by then
    const Waiters now = calls;
    for (auto &waiter : now) {
        if (waiter->kind != Waiter::Kind::rpc || waiter->retry)
            continue;
        cancel_call(waiter, later);
        finish(*waiter, std::make_unique<Failure>(Failure::Kind::disconnected, "", last_peer), later);
    }
}

} // namespace aiopvxs
