#include "queue/reaper.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "forked.h"

namespace aiopvxs::reaper
{

namespace
{

class Reaper
{
public:
    void submit(std::function<void()> job)
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (!started) {
            std::thread([this]() { run(); }).detach();
            started = true;
        }
        jobs.push_back(std::move(job));
        changed.notify_all();
    }

    bool wait(double seconds)
    {
        std::unique_lock<std::mutex> lock(mutex);
        return changed.wait_for(lock, std::chrono::duration<double>(seconds),
                                [this]() { return jobs.empty() && !busy; });
    }

private:
    void run()
    {
        std::unique_lock<std::mutex> lock(mutex);
        while (true) {
            changed.wait(lock, [this]() { return !jobs.empty(); });
            {
                std::function<void()> job = std::move(jobs.front());
                jobs.pop_front();
                busy = true;
                lock.unlock();
                job();
            } // what the job owns ends here, still without the lock
            lock.lock();
            busy = false;
            changed.notify_all();
        }
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> jobs;
    bool busy = false;
    bool started = false;
};

// never destroyed, for its thread runs until the process ends
Reaper &instance()
{
    static Reaper *const reaper = new Reaper;
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
