#include "queue/reaper.h"

#include "forked.h"
#include "queue/job_thread.h"

namespace aiopvxs::reaper
{

namespace
{

JobThread &instance()
{
    static JobThread *const reaper = new JobThread;
    return *reaper;
}

} // namespace

void submit(std::function<void()> job)
{
    if (forked::is_child())
        forked::keep(job); // there is no thread to run it
    else
        instance().submit(std::move(job));
}

bool wait(double seconds) { return forked::is_child() || instance().wait(seconds); }

} // namespace aiopvxs::reaper
