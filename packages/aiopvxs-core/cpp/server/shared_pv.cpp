// What the server's code does with a SharedPV: open, post, fetch, close.
#include "server/shared_pv.h"

#include "data/clone.h"
#include "data/same_type.h"
#include "forked.h"
#include "queue/reaper.h"
#include "server/channel.h"
#include "server/operation.h"
#include "server/subscriber.h"

namespace aiopvxs::server
{

SharedPV::~SharedPV()
{
    forked::keep(waiting);
    forked::keep(waiting_subscribers);
    forked::keep(active);
}

void SharedPV::set_time(pvxs::Value &value) { stamp(value); }

SharedPV::Outcome SharedPV::open(pvxs::Value initial)
{
    forked::check();
    stamp(initial);
    const pvxs::Value type = initial.cloneEmpty();
    std::uint64_t opening;
    decltype(waiting) operations;
    decltype(waiting_subscribers) subscribers;
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (current.valid())
            return Outcome::already_open;
        current = std::move(initial);
        plain = Plain(current);
        opening = generation + 1;
        set_type(type, opening);
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

void SharedPV::set_type(const pvxs::Value &type, std::uint64_t opening)
{
    std::lock_guard<std::mutex> guard(type_mutex);
    prototype = type;
    generation = opening;
}

SharedPV::Outcome SharedPV::post(Draft draft)
{
    forked::check();
    Channels lost;
    decltype(waiting_subscribers) subscribers;
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (!current.valid())
            return Outcome::not_open;
        // every node of a type owns its id; closed and opened again since the draft was made
        if (&draft.value.id() != &prototype.id()) {
            if (!same_type(current, draft.value))
                return Outcome::other_type;
            pvxs::Value own = prototype.cloneEmpty();
            merge(own, draft.value);
            draft.value = std::move(own);
        }
        stamp(draft.value);
        lost = publish(draft.value);
        if (!fresh && watching && monitors == Monitors::awaited) {
            fresh = true;
            subscribers.swap(waiting_subscribers);
        }
    }
    Channel::close_all(std::move(lost));
    if (!subscribers.empty()) {
        reaper::submit([self = shared_from_this(), subscribers = std::move(subscribers)]() noexcept {
            for (const auto &subscriber : subscribers)
                self->activate(subscriber);
        });
    }
    return Outcome::done;
}

SharedPV::PlainPost::PlainPost(SharedPV &of) : pv(of)
{
    forked::check();
    guard = std::unique_lock<std::mutex>(pv.mutex, std::try_to_lock);
    if (guard && pv.monitors == Monitors::stored)
        value = pv.plain.value;
}

void SharedPV::PlainPost::send()
{
    pv.plain.time.set_now();
    if (alone())
        return;
    if (!pv.update.valid()) {
        pv.update = pv.current.cloneEmpty();
        pv.plain_update = Plain(pv.update);
    }
    pv.plain_update.value.assign(value);
    pv.plain_update.time.copy(pv.plain.time);
    Channels lost = pv.send(pv.update);
    guard.unlock();
    Channel::close_all(std::move(lost));
}

// These return the channels of subscribers that could not take the update.
SharedPV::Channels SharedPV::publish(const pvxs::Value &delta)
{
    merge(current, delta);
    return send(delta);
}

SharedPV::Channels SharedPV::send(const pvxs::Value &delta)
{
    Channels lost;
    for (const auto &subscriber : active) {
        // a value of its own for each: pvxs squashes later updates into it while it waits
        if (!subscriber->post(copy_of_marked(delta)))
            lost.push_back(subscriber->channel());
    }
    return lost;
}

bool SharedPV::close()
{
    if (forked::is_child())
        return false; // the clients are the parent's
    Channels channels;
    decltype(active) subscribers; // pvxs keeps them until their channel is closed
    pvxs::Value value;            // released after the lock
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (!current.valid())
            return false;
        plain = plain_update = Plain();
        update = pvxs::Value();
        std::swap(value, current);
        set_type(pvxs::Value(), generation);
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
    forked::check();
    std::lock_guard<std::mutex> guard(mutex);
    return current.valid() ? deep_clone(current) : pvxs::Value();
}

pvxs::Value SharedPV::overlay(const pvxs::Value &delta) const
{
    pvxs::Value value = fetch();
    if (!value.valid() || !same_type(value, delta))
        return pvxs::Value();
    value.unmark(false, true);
    merge(value, delta);
    return value;
}

void SharedPV::refuse_subscribers(const std::string &message)
{
    forked::check();
    decltype(waiting_subscribers) subscribers;
    {
        std::lock_guard<std::mutex> guard(mutex);
        subscribers.swap(waiting_subscribers);
    }
    for (const auto &subscriber : subscribers)
        subscriber->error(message);
    // the last references may go here, which ends the subscriptions' setup
    reaper::submit([subscribers = std::move(subscribers)]() noexcept {});
}

SharedPV::Draft SharedPV::draft() const
{
    forked::check();
    std::lock_guard<std::mutex> guard(type_mutex);
    return Draft{prototype.cloneEmpty()};
}

bool SharedPV::is_open() const
{
    forked::check();
    std::lock_guard<std::mutex> guard(mutex);
    return current.valid();
}

SharedPV::Stat SharedPV::stat() const
{
    forked::check();
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
