// When a monitor with flow control may be stuck.
//
// A pvxs server whose window closed does not go on when an acknowledgement opens it again, but with the next
// post: what it holds then, perhaps the last update for long, is not sent. (In pvxs, handle_MONITOR() changes
// the window and does not call maybeReply().) A pause and a resume make it send. They cost two small
// messages, so this counts when the window cannot have closed: it holds more than half the queue whenever
// all is acknowledged.
#pragma once

#include <chrono>
#include <cstddef>

#include "python.h"

namespace aiopvxs
{

// Guarded by its Subscription's mutex.
class StallWatch
{
public:
    using Clock = std::chrono::steady_clock;

    StallWatch() = default;
    // From the pvRequest, read as pvxs reads it.
    explicit StallWatch(const pvxs::Value &request);

    bool active() const { return queue_size > 0u; }

    // Updates were taken from pvxs, all that it had or not. True if check() is to be called at due().
    bool arrived(std::size_t updates, bool all);
    Clock::time_point due() const;

    enum class Verdict {
        open,  // nothing to do
        later, // check() again, at due()
        stuck, // pause and resume
    };
    Verdict check();

private:
    std::size_t queue_size = 0u; // 0: no flow control
    std::size_t threshold = 0u;  // so many updates may close the window
    std::size_t since_open = 0u; // updates since it was certainly open
    std::size_t held = 0u;       // so many may come from what the server held, after a cure
    Clock::time_point latest{};
    bool watching = false;
    bool emptied = true; // all was taken at `latest`, and therefore acknowledged
};

} // namespace aiopvxs
