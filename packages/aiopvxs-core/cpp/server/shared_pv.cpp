// What the server's code does with a SharedPV: open, post, fetch, close.
#include "server/shared_pv.h"

#include "data/clone.h"
#include "queue/reaper.h"
#include "server/channel.h"
#include "server/operation.h"
#include "server/subscriber.h"
#include "server/time_stamp.h"

namespace aiopvxs::server
{

SharedPV::Outcome SharedPV::open(const pvxs::Value &initial)
{
    pvxs::Value value = deep_clone(initial);
    stamp(value);
    const pvxs::Value type = value.cloneEmpty();
    std::uint64_t opening;
    decltype(waiting) operations;
    decltype(waiting_subscribers) subscribers;
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (current.valid())
            return Outcome::already_open;
        current = std::move(value);
        prototype = type;
        opening = ++generation;
        operations.swap(waiting);
        subscribers.swap(waiting_subscribers);
    }
    if (operations.empty() && subscribers.empty())
        return Outcome::done;
    // connecting waits for the worker, which the caller, perhaps an event loop's thread, must not
    reaper::submit([self = shared_from_this(), type, opening, operations = std::move(operations),
                    subscribers = std::move(subscribers)]() noexcept {
        for (const auto &operation : operations)
            operation->connect(type, opening);
        for (const auto &subscriber : subscribers)
            self->activate(subscriber);
    });
    return Outcome::done;
}

SharedPV::Outcome SharedPV::post(const pvxs::Value &delta)
{
    Channels lost;
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (!current.valid())
            return Outcome::not_open;
        if (!current.equalType(delta))
            return Outcome::other_type;
        if (!delta.isMarked(false, true))
            return Outcome::done;
        pvxs::Value own = prototype.cloneEmpty();
        merge(own, delta);
        stamp(own);
        lost = publish(own);
    }
    Channel::close_all(std::move(lost));
    return Outcome::done;
}

// Returns the channels of subscribers that could not take the update.
SharedPV::Channels SharedPV::publish(pvxs::Value &delta)
{
    merge(current, delta);
    Channels lost;
    for (const auto &subscriber : active) {
        // a value of its own for each: pvxs squashes later updates into it while it waits
        if (!subscriber->post(deep_clone(delta)))
            lost.push_back(subscriber->channel());
    }
    return lost;
}

bool SharedPV::close()
{
    Channels channels;
    decltype(active) subscribers; // pvxs keeps them until their channel is closed
    pvxs::Value value;            // released after the lock
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (!current.valid())
            return false;
        std::swap(value, current);
        prototype = pvxs::Value();
        subscribers.swap(active);
        for (const auto &subscriber : subscribers)
            squashed_before += subscriber->squashed();
        channels = take_channels();
    }
    Channel::close_all(std::move(channels));
    return true;
}

pvxs::Value SharedPV::fetch() const
{
    std::lock_guard<std::mutex> guard(mutex);
    return current.valid() ? deep_clone(current) : pvxs::Value();
}

pvxs::Value SharedPV::cloneEmpty() const
{
    std::lock_guard<std::mutex> guard(mutex);
    return prototype.cloneEmpty();
}

bool SharedPV::is_open() const
{
    std::lock_guard<std::mutex> guard(mutex);
    return current.valid();
}

SharedPV::Stat SharedPV::stat() const
{
    std::lock_guard<std::mutex> guard(mutex);
    Stat result;
    result.channels = channel_count();
    result.waiting = waiting.size() + waiting_subscribers.size();
    result.subscribers = active.size();
    result.squashed = squashed_before;
    for (const auto &subscriber : active)
        result.squashed += subscriber->squashed();
    return result;
}

} // namespace aiopvxs::server
