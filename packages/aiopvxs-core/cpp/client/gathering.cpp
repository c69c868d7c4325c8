#include "client/gathering.h"

#ifdef __linux__ // others do not say how often a thread waits
#include <algorithm>
#include <chrono>
#include <thread>

#include <sys/resource.h>
#endif

namespace aiopvxs::gathering
{

#ifdef __linux__

namespace
{

using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

// It is looked at once for so many updates. If they took longer, that is no flood.
constexpr std::size_t many = 512u;
constexpr auto soon = std::chrono::milliseconds(5);
// If it waited more often, it is woken for too few. So many times it then sleeps, before it is looked at
// again how often it waits.
constexpr long often = 8;
constexpr unsigned rounds = 31u;

constexpr auto shortest = microseconds(50);
constexpr auto longest = microseconds(500);

struct Usage {
    Clock::time_point time{};
    microseconds busy{};
    long waits = 0;

    static Usage now()
    {
        rusage of{};
        getrusage(RUSAGE_THREAD, &of);
        const auto time = [](const timeval &used) {
            return std::chrono::seconds(used.tv_sec) + microseconds(used.tv_usec);
        };
        return {Clock::now(), time(of.ru_utime) + time(of.ru_stime), of.ru_nvcsw};
    }
};

struct Worker {
    std::size_t updates = 0u;
    unsigned left = 0u; // so many times it sleeps
    Usage before;

    void look()
    {
        updates = 0u;
        const Usage now = Usage::now();
        const auto passed = now.time - before.time;
        const auto idle = passed - (now.busy - before.busy);
        const bool flood = passed < soon;
        if (!flood)
            left = 0u;
        else if (left > 0u)
            left--;
        else if (now.waits - before.waits >= often)
            left = rounds;
        before = now;
        const auto rest = std::min<Clock::duration>(idle * 3 / 4, longest);
        if (left > 0u && rest >= shortest)
            std::this_thread::sleep_for(rest);
    }
};

} // namespace

void came(std::size_t updates)
{
    thread_local Worker worker;
    worker.updates += updates;
    if (worker.updates >= many)
        worker.look();
}

#else

void came(std::size_t) {}

#endif

} // namespace aiopvxs::gathering
