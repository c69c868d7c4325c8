#include "queue/errands.h"

#include "queue/job_thread.h"

namespace aiopvxs::errands
{

namespace
{

JobThread &instance()
{
    static JobThread *const errands = new JobThread;
    return *errands;
}

} // namespace

void submit(std::function<void()> job) { instance().submit(std::move(job)); }

void submit_at(std::chrono::steady_clock::time_point when, std::function<void()> job)
{
    instance().submit_at(when, std::move(job));
}

} // namespace aiopvxs::errands
