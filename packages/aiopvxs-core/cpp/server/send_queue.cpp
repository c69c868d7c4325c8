#include "server/send_queue.h"

#include <algorithm>

#include <pvxs/version.h>

namespace aiopvxs::server
{

namespace
{

using pvxs::server::MonitorStat;

// Updates that may wait beyond the queue's limit, see pass().
constexpr std::size_t overfill = 256;

bool has_null_union(const pvxs::Value &value)
{
    for (const pvxs::Value &field : value.imarked()) {
        if (field.type() == pvxs::TypeCode::Union && !field.as<pvxs::Value>())
            return true;
    }
    return false;
}

// Whether a client that asked for `fields` is sent this update: pvxs's own rule, that it does not tell.
bool asked_for(const pvxs::Value &fields, const pvxs::Value &update)
{
    for (const pvxs::Value &each : fields.ichildren()) {
        if (each.type() != pvxs::TypeCode::Struct)
            continue;
        const pvxs::Value field = update[fields.nameOf(each)];
        if (!field.valid())
            continue;
        const bool all = !each.nmembers();
        if (field.isMarked(true, all))
            return true;
        if (!all && field.type() == pvxs::TypeCode::Struct && asked_for(each, field))
            return true;
    }
    return false;
}

bool has_room(const MonitorStat &stat) { return stat.window > stat.nQueue; }

// pvxs 1.4 tells something else in its place.
bool tells_length() { return pvxs::version_int() >= VERSION_INT(1, 5, 0, 0); }

} // namespace

std::shared_ptr<SendQueue> SendQueue::create(std::unique_ptr<pvxs::server::MonitorControlOp> &&control,
                                             const pvxs::Value &request)
{
    std::shared_ptr<SendQueue> self(new SendQueue(std::move(control), request));
    MonitorStat stat;
    self->control->stats(stat);
    if (!stat.pipeline || !tells_length())
        return self;
    self->paced = true;
    self->control->onHighMark([weak = std::weak_ptr<SendQueue>(self)]() noexcept {
        if (const auto queue = weak.lock())
            queue->acknowledged();
    });
    return self;
}

bool SendQueue::post(const pvxs::Value &value)
{
    if (!paced)
        return pass(value);
    std::lock_guard<std::mutex> guard(mutex);
    send_held();
    MonitorStat stat;
    control->stats(stat);
    // while some are held it comes after them
    const bool taken = held.empty() && has_room(stat) ? pass(value) : hold(value, stat);
    begun = true;
    return taken;
}

// Squashing inside pvxs keeps the old member of a union that becomes null, or throws. So such an update
// is never squashed but queued beyond the limit, up to a second limit.
bool SendQueue::pass(const pvxs::Value &value)
{
    MonitorStat stat;
    if (has_null_union(value)) {
        if (control->forcePost(value))
            return true;
        control->stats(stat);
        return stat.nQueue < stat.limitQueue + overfill;
    }
    if (!control->post(value)) { // full now: this update, or the next, is squashed
        control->stats(stat);
        if (stat.nSquash > passed_squashed) { // zero once the client is gone
            squash_count += stat.nSquash - passed_squashed;
            passed_squashed = stat.nSquash;
        }
    }
    return true;
}

bool SendQueue::hold(const pvxs::Value &value, const MonitorStat &stat)
{
    if (begun && request.valid() && request.nmembers() && !asked_for(request, value))
        return true; // nor would pvxs send it
    const std::size_t waiting = stat.nQueue + held.size();
    const bool whole = has_null_union(value);
    if (waiting >= stat.limitQueue && !held.empty() && !whole) {
        held.back().assign(value);
        squash_count++;
        return true;
    }
    if (waiting >= stat.limitQueue + overfill)
        return false;
    held.push_back(value);
    most = std::max(most, waiting + 1);
    return true;
}

void SendQueue::send_held()
{
    while (!held.empty()) {
        MonitorStat stat;
        control->stats(stat);
        if (!has_room(stat))
            return;
        control->forcePost(held.front());
        held.pop_front();
    }
}

// On the worker, without a mutex of pvxs.
void SendQueue::acknowledged() noexcept
{
    try {
        std::lock_guard<std::mutex> guard(mutex);
        send_held();
    } catch (std::exception &) {
        // out of memory: they wait for the next acknowledgement
    }
}

MonitorStat SendQueue::stat() const
{
    MonitorStat stat;
    std::lock_guard<std::mutex> guard(mutex);
    control->stats(stat);
    stat.nQueue += held.size();
    stat.maxQueue = std::max(stat.maxQueue, most);
    return stat;
}

} // namespace aiopvxs::server
