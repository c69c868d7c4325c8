// Who is inside a pvxs Context with a call that waits for its worker.
#pragma once

#include <condition_variable>
#include <mutex>

namespace aiopvxs
{

// pvxs's Context::close() leaves the Context in a state that other calls must not find (report, cacheClear),
// so it waits for those under way, and no more begin.
class Uses
{
public:
    // False once refuse() was called; else end() has to follow.
    bool begin()
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (refused)
            return false;
        ++count;
        return true;
    }
    void end()
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (--count == 0u)
            changed.notify_all();
    }
    void refuse()
    {
        std::lock_guard<std::mutex> guard(mutex);
        refused = true;
    }
    // Until all have ended: waits for the pvxs worker, if for somebody else's call.
    void wait()
    {
        std::unique_lock<std::mutex> lock(mutex);
        changed.wait(lock, [this]() { return count == 0u; });
    }

private:
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t count = 0u;
    bool refused = false;
};

// begin() and end() of one call.
class Use
{
public:
    explicit Use(Uses &of) : uses(of), begun(of.begin()) {}
    ~Use()
    {
        if (begun)
            uses.end();
    }
    Use(const Use &) = delete;
    Use &operator=(const Use &) = delete;
    explicit operator bool() const { return begun; }

private:
    Uses &uses;
    const bool begun;
};

} // namespace aiopvxs
