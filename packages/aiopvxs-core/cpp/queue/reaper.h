// A thread on which pvxs objects end whose end waits for a pvxs worker.
//
// Closing a client Context or stopping a Server joins worker threads. That must happen neither on the
// event loop's thread, nor with the GIL held, nor on the worker itself (which may drop the last
// reference in a callback).
#pragma once

#include <functional>

namespace aiopvxs::reaper
{

// Run `job` on the reaper's thread, after those submitted before. Any thread; never blocks. Jobs may
// throw nothing and never take the GIL.
void submit(std::function<void()> job);

// Wait until all jobs submitted so far have run; false if that takes longer than `seconds`. Call
// without the GIL. For the end of the process.
bool wait(double seconds);

} // namespace aiopvxs::reaper
