#include "server/opening.h"

#include <atomic>

#include "forked.h"
#include "queue/reaper.h"
#include "server/channel.h"
#include "server/exec.h"
#include "server/guard.h"
#include "server/operation.h"
#include "server/subscriber.h"
#include "server/what.h"

namespace aiopvxs::server
{

namespace
{

std::atomic<std::uint64_t> openings_so_far{0};

} // namespace

Opening::Opening(std::shared_ptr<Executor> executor)
    : executor(std::move(executor)), serial_number(++openings_so_far)
{
}

Opening::~Opening()
{
    forked::keep(waiting);
    forked::keep(target);
}

std::shared_ptr<Handler> Opening::known() const
{
    std::lock_guard<std::mutex> guard(mutex);
    return target;
}

void Opening::pass_on(Waiting &waiting, Handler &handler) noexcept
{
    for (const auto &operation : waiting.operations) {
        try {
            handler.type(operation);
        } catch (...) {
            operation->error(what(std::current_exception()));
        }
    }
    for (const auto &subscriber : waiting.subscribers) {
        try {
            handler.subscribe(subscriber);
        } catch (...) {
            subscriber->error(what(std::current_exception()));
        }
    }
    for (const auto &exec : waiting.calls) {
        try {
            handler.rpc(exec);
        } catch (...) {
            exec->error(what(std::current_exception()));
        }
    }
}

bool Opening::resolve(std::shared_ptr<Handler> handler)
{
    forked::check();
    if (auto channel = accepted.lock())
        handler = Guard::around(handler, channel->name(), channel->credentials(), executor);
    Waiting those;
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (target || !refusal.empty())
            return false;
        auto channel = accepted.lock();
        if (ended || !channel)
            return false;
        handler->opened(channel);
        target = handler;
        std::swap(those, waiting);
    }
    reaper::submit([self = shared_from_this(), handler = std::move(handler),
                    those = std::move(those)]() mutable noexcept { pass_on(those, *handler); });
    return true;
}

bool Opening::refuse(const std::string &message) noexcept
{
    try {
        if (forked::is_child())
            return false;
        Waiting those;
        {
            std::lock_guard<std::mutex> guard(mutex);
            if (target || !refusal.empty())
                return false;
            refusal = message.empty() ? dropped : message;
            std::swap(those, waiting);
        }
        for (const auto &operation : those.operations)
            operation->error(refusal);
        for (const auto &subscriber : those.subscribers)
            subscriber->error(refusal);
        for (const auto &exec : those.calls)
            exec->error(refusal);
        // the answers first: closing waits for the worker, and comes after them
        if (auto channel = accepted.lock())
            Channel::close_all({std::move(channel)});
        reaper::submit([those = std::move(those)]() noexcept {});
    } catch (std::exception &) {
        return false; // out of memory: the client waits until it gives up
    }
    return true;
}

void Opening::type(const std::shared_ptr<Operation> &operation)
{
    std::shared_ptr<Handler> to;
    {
        std::lock_guard<std::mutex> guard(mutex);
        to = target;
        if (!to && refusal.empty()) {
            waiting.operations.insert(operation);
            return;
        }
    }
    if (to)
        to->type(operation);
    else
        operation->error(refusal);
}

void Opening::get(const std::shared_ptr<Exec> &exec)
{
    if (auto to = known())
        to->get(exec);
}

void Opening::put(const std::shared_ptr<Exec> &exec)
{
    if (auto to = known())
        to->put(exec);
}

void Opening::rpc(const std::shared_ptr<Exec> &exec)
{
    std::shared_ptr<Handler> to;
    {
        std::lock_guard<std::mutex> guard(mutex);
        to = target;
        if (!to && refusal.empty()) {
            waiting.calls.push_back(exec);
            return;
        }
    }
    if (to)
        to->rpc(exec);
    else
        exec->error(refusal);
}

void Opening::subscribe(const std::shared_ptr<Subscriber> &subscriber)
{
    std::shared_ptr<Handler> to;
    {
        std::lock_guard<std::mutex> guard(mutex);
        to = target;
        if (!to && refusal.empty()) {
            waiting.subscribers.insert(subscriber);
            return;
        }
    }
    if (to)
        to->subscribe(subscriber);
    else
        subscriber->error(refusal);
}

void Opening::forget(const std::shared_ptr<Operation> &operation) noexcept
{
    std::shared_ptr<Handler> to;
    {
        std::lock_guard<std::mutex> guard(mutex);
        to = target;
        waiting.operations.erase(operation);
    }
    if (to)
        to->forget(operation);
}

void Opening::forget(const std::shared_ptr<Subscriber> &subscriber) noexcept
{
    std::shared_ptr<Handler> to;
    {
        std::lock_guard<std::mutex> guard(mutex);
        to = target;
        waiting.subscribers.erase(subscriber);
    }
    if (to)
        to->forget(subscriber);
}

void Opening::closed(const std::shared_ptr<Channel> &channel) noexcept
{
    Handler::closed(channel);
    Waiting those; // released after the lock
    {
        std::lock_guard<std::mutex> guard(mutex);
        ended = true;
        std::swap(those, waiting);
        if (target)
            target->closed(channel);
    }
    if (executor)
        executor->tell(Executor::Notice::channel_closed, serial_number);
}

} // namespace aiopvxs::server
