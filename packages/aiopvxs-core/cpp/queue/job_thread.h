// A thread that runs jobs one after another, made with the first of them.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>

namespace aiopvxs
{

// Never destroyed, for its thread runs until the process ends. Jobs may throw nothing and never take the GIL.
class JobThread
{
public:
    using Clock = std::chrono::steady_clock;
    using Job = std::function<void()>;

    // Run `job` after those submitted before. Any thread; never blocks.
    void submit(Job job);
    // Run `job` no sooner than at that time. Any thread; never blocks.
    void submit_at(Clock::time_point when, Job job);
    // Wait until all jobs submitted so far have run, those for a later time aside; false if that takes
    // longer.
    bool wait(double seconds);

private:
    void start();
    void run();
    bool take(Job &job, std::unique_lock<std::mutex> &lock);

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Job> jobs;
    std::multimap<Clock::time_point, Job> later;
    bool busy = false;
    bool started = false;
};

} // namespace aiopvxs
