// A thread for short calls that wait for a pvxs worker, such as to pause a monitor.
//
// They must run neither on the event loop's thread nor with the GIL held; and not on the reaper, which may
// be busy with the end of a Context or a Server for seconds.
#pragma once

#include <chrono>
#include <functional>

namespace aiopvxs::errands
{

// Run `job` on that thread, after those submitted before. Any thread; never blocks. Jobs may throw nothing,
// never take the GIL and wait for nothing long.
void submit(std::function<void()> job);

// Run `job` on that thread, no sooner than at that time.
void submit_at(std::chrono::steady_clock::time_point when, std::function<void()> job);

} // namespace aiopvxs::errands
