#include "client/subscription.h"

#include <cstdio>

#include "client/session.h"
#include "data/clone.h"
#include "forked.h"
#include "queue/errands.h"

namespace aiopvxs
{

namespace
{

double seconds_of(const epicsTime &time)
{
    const epicsTimeStamp &stamp = time;
    return double(stamp.secPastEpoch) + POSIX_TIME_AT_EPICS_EPOCH + 1e-9 * stamp.nsec;
}

// Callbacks of pvxs hold a weak reference only, and let nothing out.
template <typename Event>
void guarded(const std::weak_ptr<Subscription> &self, Event &&event) noexcept
{
    try {
        if (auto subscription = self.lock())
            event(*subscription);
    } catch (std::exception &e) {
        std::fprintf(stderr, "aiopvxs: error in a subscription: %s\n", e.what());
    }
}

} // namespace

Subscription::Subscription(const std::shared_ptr<Session> &of, std::shared_ptr<CompletionQueue> to,
                           std::uint64_t with_token, const UpdateQueue::Limits &limits)
    : session(of), queue(std::move(to)), token(with_token), policy(limits.policy),
      values_back(std::make_shared<Returns>(of->room_for_returns())), gathering(of->gathering()),
      updates(limits)
{
}

Subscription::~Subscription()
{
    forked::keep(handle);
    forked::keep(updates);
    if (forked::is_child())
        return;
    if (auto of = session.lock())
        of->subscriptions().remove(this);
}

void Subscription::open(pvxs::client::Context &context, const std::string &name, const std::string &server,
                        const Request &request)
{
    const std::weak_ptr<Subscription> self = weak_from_this();
    stall = StallWatch(request.value);
    auto made = context.monitor(name)
                    .server(server)
                    .rawRequest(request.value)
                    .maskConnected(false)
                    .maskDisconnected(false)
                    // pvxs would run again after each reconnect, also where it was paused
                    .autoExec(false)
                    .syncCancel(false)
                    .onInit([self](Handle &from, const pvxs::Value &) noexcept {
                        guarded(self, [&](Subscription &to) { to.on_init(from); });
                    })
                    .event([self](Handle &from) noexcept {
                        guarded(self, [&](Subscription &to) { to.on_event(from); });
                    })
                    .exec();
    Afterwards later;
    Lock lock(mutex);
    if (ended)
        later.release(std::move(made));
    else
        handle = std::move(made);
}

void Subscription::on_init(Handle &from)
{
    {
        Lock lock(mutex);
        initialised = true;
        if (paused || ended)
            return;
    }
    from.resume(); // on the worker: runs at once
}

void Subscription::on_event(Handle &from)
{
    std::size_t came;
    bool wanted, watch, fills, flows;
    {
        Afterwards later;
        Lock lock(mutex);
        const std::size_t before = updates.counts().arrived;
        drain(from, later);
        came = updates.counts().arrived - before;
        watch = stall.arrived(came, !updates.full());
        wanted = arm();
        fills = updates.filling();
        flows = stall.active();
    }
    queue->count(came);
    announce(wanted, watch);
    if (fills)
        queue->hurry();
    values_back->take(came);
    if (!flows)
        gathering->came(came);
}

void Subscription::drain(Handle &from, Afterwards &later)
{
    while (!ended && !updates.full()) {
        try {
            pvxs::Value value = from.pop();
            if (!value)
                return; // pvxs reports the next one
            const bool fits = updates.push(std::move(value));
            deep = deep || updates.deep();
            if (!fits)
                end({SubscriptionEvent::Kind::overflow, "", last_peer}, later);
        } catch (std::exception &) {
            note(std::current_exception(), later);
        }
    }
}

// What pvxs queues beside updates.
void Subscription::note(std::exception_ptr thrown, Afterwards &later)
{
    using Kind = SubscriptionEvent::Kind;
    try {
        std::rethrow_exception(thrown);
    } catch (pvxs::client::Connected &connection) {
        up = true;
        last_peer = connection.peerName;
        updates.push({Kind::connected, "", last_peer, seconds_of(connection.time)});
    } catch (pvxs::client::Finished &finished) {
        end({Kind::finished, "", last_peer, seconds_of(finished.time)}, later);
    } catch (pvxs::client::Disconnect &loss) {
        up = false;
        updates.push({Kind::disconnected, "", last_peer, seconds_of(loss.time)});
    } catch (pvxs::client::RemoteError &error) {
        end({Kind::remote, error.what(), last_peer}, later);
    } catch (std::exception &error) {
        end({Kind::error, error.what(), last_peer}, later);
    }
}

// With the mutex: nothing follows this.
void Subscription::end(SubscriptionEvent &&with, Afterwards &later)
{
    ended = true;
    values_back->close(); // there is no event any more that ends them
    updates.push(std::move(with));
    later.release(std::move(handle));
}

// With the mutex: whether a completion is to be pushed.
bool Subscription::arm()
{
    if (signalled || updates.empty())
        return false;
    signalled = true;
    return true;
}

// Without the mutex.
void Subscription::announce(bool wanted, bool watch)
{
    if (wanted)
        queue->push_ready(token);
    if (!watch)
        return;
    StallWatch::Clock::time_point due;
    {
        Lock lock(mutex);
        due = stall.due();
    }
    errands::submit_at(
        due, [self = weak_from_this()]() { guarded(self, [](Subscription &to) { to.check_stall(); }); });
}

UpdateQueue::Items Subscription::take(std::size_t limit, std::size_t bytes)
{
    forked::check();
    UpdateQueue::Items items;
    bool watch = false;
    {
        Afterwards later;
        Lock lock(mutex);
        items = updates.take(limit, bytes);
        if (blocks() && handle) {
            const std::size_t before = updates.counts().arrived;
            const auto from = handle; // drain() may give it up
            drain(*from, later);
            watch = stall.arrived(updates.counts().arrived - before, !updates.full());
            if (items.empty())
                items = updates.take(limit, bytes);
            later.release(from);
        }
        signalled = !items.empty();
    }
    announce(false, watch);
    for (UpdateQueue::Item &item : items) {
        if (item.deep)
            item.value = deep_clone(item.value);
    }
    return items;
}

void Subscription::pause(bool stop)
{
    forked::check();
    {
        Lock lock(mutex);
        paused = stop;
    }
    errands::submit(
        [self = weak_from_this()]() { guarded(self, [](Subscription &to) { to.apply_pause(); }); });
}

// On the thread of errands, like check_stall(): so these two never interleave.
void Subscription::apply_pause()
{
    const auto keeps_worker = session.lock();
    std::shared_ptr<Handle> of;
    bool stop;
    {
        Lock lock(mutex);
        if (!initialised || !keeps_worker)
            return; // on_init() looks at it
        of = handle;
        stop = paused;
    }
    if (of)
        of->pause(stop);
}

void Subscription::check_stall()
{
    const auto keeps_worker = session.lock();
    std::shared_ptr<Handle> of;
    bool again;
    {
        Lock lock(mutex);
        const StallWatch::Verdict verdict = stall.check();
        again = verdict == StallWatch::Verdict::later;
        if (verdict == StallWatch::Verdict::stuck && up && !paused && keeps_worker)
            of = handle;
    }
    announce(false, again);
    if (of) {
        of->pause(true);
        apply_pause();
    }
}

void Subscription::close()
{
    if (forked::is_child())
        return; // it is the parent's
    bool unknown;
    {
        Afterwards later;
        Lock lock(mutex);
        unknown = handle && !up && last_peer.empty();
        ended = true;
        up = false;
        updates.clear();
        later.release(std::move(handle));
    }
    values_back->close();
    auto of = session.lock();
    if (unknown && of)
        of->gave_up_unknown();
}

void Subscription::end_with_context()
{
    bool wanted;
    {
        Afterwards later;
        Lock lock(mutex);
        up = false;
        if (ended)
            return;
        updates.clear();
        end({SubscriptionEvent::Kind::closed, "", last_peer}, later);
        wanted = arm();
    }
    announce(wanted, false);
}

bool Subscription::context_closed() const
{
    const auto of = session.lock();
    return !of || of->closed();
}

bool Subscription::connected() const
{
    if (forked::is_child())
        return false;
    Lock lock(mutex);
    return up;
}

std::string Subscription::peer() const
{
    forked::check();
    Lock lock(mutex);
    return last_peer;
}

UpdateQueue::Counts Subscription::counts() const
{
    forked::check();
    Lock lock(mutex);
    return updates.counts();
}

} // namespace aiopvxs
