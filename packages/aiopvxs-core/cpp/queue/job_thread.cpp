#include "queue/job_thread.h"

#include <thread>

namespace aiopvxs
{

void JobThread::submit(Job job)
{
    std::lock_guard<std::mutex> guard(mutex);
    start();
    jobs.push_back(std::move(job));
    changed.notify_all();
}

void JobThread::submit_at(Clock::time_point when, Job job)
{
    std::lock_guard<std::mutex> guard(mutex);
    start();
    later.emplace(when, std::move(job));
    changed.notify_all();
}

bool JobThread::wait(double seconds)
{
    std::unique_lock<std::mutex> lock(mutex);
    return changed.wait_for(lock, std::chrono::duration<double>(seconds),
                            [this]() { return jobs.empty() && !busy; });
}

void JobThread::start()
{
    if (started)
        return;
    std::thread([this]() { run(); }).detach();
    started = true;
}

void JobThread::run()
{
    std::unique_lock<std::mutex> lock(mutex);
    while (true) {
        {
            Job job;
            if (!take(job, lock))
                continue;
            busy = true;
            lock.unlock();
            job();
        } // what the job owns ends here, still without the lock
        lock.lock();
        busy = false;
        changed.notify_all();
    }
}

// The next job, or false after a wait for one.
bool JobThread::take(Job &job, std::unique_lock<std::mutex> &lock)
{
    const bool due = !later.empty() && later.begin()->first <= Clock::now();
    if (due) {
        job = std::move(later.begin()->second);
        later.erase(later.begin());
    } else if (!jobs.empty()) {
        job = std::move(jobs.front());
        jobs.pop_front();
    } else if (later.empty()) {
        changed.wait(lock);
    } else {
        const Clock::time_point until = later.begin()->first; // the entry may go meanwhile
        changed.wait_until(lock, until);
    }
    return bool(job);
}

} // namespace aiopvxs
