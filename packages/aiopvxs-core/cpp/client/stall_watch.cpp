#include "client/stall_watch.h"

#include <algorithm>

namespace aiopvxs
{

namespace
{

// No update for so long: the server may be stuck.
constexpr auto quiet = std::chrono::milliseconds(50);
// No update for so long: every acknowledgement has arrived.
constexpr auto settled = std::chrono::seconds(1);

} // namespace

StallWatch::StallWatch(const pvxs::Value &request)
{
    const pvxs::Value options = request["record._options"];
    bool pipeline = false;
    if (!options["pipeline"].as(pipeline) || !pipeline)
        return;
    std::uint32_t size = 0u;
    queue_size = options["queueSize"].as(size) && size > 1u ? size : 4u;
    // pvxs acknowledges each half of a queue; where the request says otherwise, no more is known than that
    // one update is acknowledged once the queue is full
    const std::size_t unacknowledged = options["ackAny"] ? queue_size - 1u : queue_size / 2u - 1u;
    threshold = queue_size - unacknowledged;
}

bool StallWatch::arrived(std::size_t updates, bool all)
{
    if (!active() || updates == 0u)
        return false;
    const Clock::time_point now = Clock::now();
    if (emptied && now - latest > settled)
        since_open = 0u;
    latest = now;
    emptied = all;
    since_open += updates;
    if (watching || (since_open < threshold && held == 0u))
        return false;
    watching = true;
    return true;
}

StallWatch::Clock::time_point StallWatch::due() const { return latest + quiet; }

StallWatch::Verdict StallWatch::check()
{
    if (Clock::now() < due())
        return Verdict::later;
    watching = false;
    // what the server held comes in portions of a window, each of which may end so
    held = since_open < threshold ? held - std::min(held, since_open) : queue_size;
    since_open = 0u;
    return Verdict::stuck;
}

} // namespace aiopvxs
