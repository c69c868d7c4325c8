// What clients do with a SharedPV. All of it runs on a pvxs worker, except activate().
#include "data/clone.h"
#include "data/sendable.h"
#include "server/channel.h"
#include "server/exec.h"
#include "server/executor.h"
#include "server/operation.h"
#include "server/shared_pv.h"
#include "server/subscriber.h"
#include "server/time_stamp.h"

namespace aiopvxs::server
{

void SharedPV::type(const std::shared_ptr<Operation> &operation)
{
    if (rpc_only) {
        operation->error("PV \"" + operation->channel().name() + "\" is a service, which takes RPCs alone");
        return;
    }
    pvxs::Value type;
    std::uint64_t opening;
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (!current.valid()) {
            waiting.insert(operation);
            return;
        }
        type = prototype;
        opening = generation;
    }
    operation->connect(type, opening);
}

// An operation that was accepted for an earlier opening has a channel that is about to be closed.
bool SharedPV::serves(const Operation &operation) const
{
    return current.valid() && operation.generation() == generation;
}

void SharedPV::get(const std::shared_ptr<Exec> &exec)
{
    const bool called = calls & call_get;
    pvxs::Value value;
    bool served = false;
    {
        std::lock_guard<std::mutex> guard(mutex);
        served = serves(exec->operation());
        if (served && !called)
            value = deep_clone(current);
    }
    if (served && called) {
        hand_over(exec);
        return;
    }
    if (value.valid())
        exec->reply(value);
    else
        exec->operation().channel().park(exec);
}

// Run the handler of the server's code, which answers.
void SharedPV::hand_over(const std::shared_ptr<Exec> &exec)
{
    const auto &executor = exec->channel()->executor();
    if (!executor)
        throw std::logic_error("PV \"" + exec->name() + "\" is served where no handlers run");
    const double seconds = time_limit;
    if (seconds > 0.0)
        exec->limit(seconds);
    executor->submit(exec, key);
}

void SharedPV::put(const std::shared_ptr<Exec> &exec)
{
    const bool called = calls & call_put;
    if (!writable && !called) {
        exec->error("Read-only PV \"" + exec->name() + "\" does not accept a put");
        return;
    }
    // clients that get it would lose their connections
    const std::string problem =
        shares_parts(exec->argument) ? sendable::problem_for_clients(exec->argument) : std::string();
    if (!problem.empty()) {
        exec->error("PV \"" + exec->name() + "\" cannot have the value: " + problem);
        return;
    }
    Channels lost;
    bool stored = false;
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (serves(exec->operation())) {
            stored = true;
            if (!called) {
                stamp(exec->argument);
                lost = publish(exec->argument);
            }
        }
    }
    if (stored && called)
        hand_over(exec);
    else if (stored)
        exec->reply();
    else
        exec->operation().channel().park(exec);
    Channel::close_all(std::move(lost));
}

void SharedPV::rpc(const std::shared_ptr<Exec> &exec)
{
    if (calls & call_rpc)
        hand_over(exec);
    else
        exec->error("RPC is not implemented by PV \"" + exec->name() + "\"");
}

void SharedPV::subscribe(const std::shared_ptr<Subscriber> &subscriber)
{
    if (rpc_only || monitors == Monitors::refused) {
        subscriber->error("Monitor is not implemented by PV \"" + subscriber->channel()->name() + "\"");
        return;
    }
    const auto &executor = subscriber->channel()->executor();
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (++watching == 1 && monitors == Monitors::awaited && executor)
            executor->tell(Executor::Notice::subscribed, key);
    }
    activate(subscriber);
}

// On the worker, or on the reaper's thread after open(). Connecting waits for the worker, so the PV may
// have been closed, and opened again, and the client may have gone, when it returns.
void SharedPV::activate(const std::shared_ptr<Subscriber> &subscriber)
{
    pvxs::Value type;
    std::uint64_t opening;
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (subscriber->ended)
            return;
        if (!current.valid() || (monitors == Monitors::awaited && !fresh)) {
            waiting_subscribers.insert(subscriber);
            return;
        }
        type = prototype;
        opening = generation;
    }
    if (!subscriber->connect(type))
        return;
    std::lock_guard<std::mutex> guard(mutex);
    // of another opening: its channel is about to be closed, and until then pvxs keeps the subscriber
    if (subscriber->ended || !current.valid() || generation != opening)
        return;
    active.insert(subscriber);
    subscriber->post(deep_clone(current));
}

void SharedPV::forget(const std::shared_ptr<Operation> &operation) noexcept
{
    std::lock_guard<std::mutex> guard(mutex);
    waiting.erase(operation);
}

void SharedPV::forget(const std::shared_ptr<Subscriber> &subscriber) noexcept
{
    std::lock_guard<std::mutex> guard(mutex);
    subscriber->ended = true;
    waiting_subscribers.erase(subscriber);
    if (active.erase(subscriber))
        squashed_before += subscriber->squashed();
    if (rpc_only || monitors == Monitors::refused || --watching)
        return;
    fresh = false;
    const auto &executor = subscriber->channel()->executor();
    if (monitors == Monitors::awaited && executor)
        executor->tell(Executor::Notice::unsubscribed, key);
}

void SharedPV::first_opened(const Channel &channel) noexcept
{
    if ((calls & call_connects) && channel.executor())
        channel.executor()->tell(Executor::Notice::first_connect, key);
}

void SharedPV::last_closed(const Channel &channel) noexcept
{
    if ((calls & call_connects) && channel.executor())
        channel.executor()->tell(Executor::Notice::last_disconnect, key);
}

} // namespace aiopvxs::server
