#include "client/gathering.h"

#ifdef __linux__ // others do not say how often a thread waits
#include <algorithm>
#include <thread>

#include <sys/resource.h>
#endif

namespace aiopvxs
{

#ifdef __linux__

namespace
{

using std::chrono::microseconds;

// If they took longer, that is no flood.
constexpr auto soon = std::chrono::milliseconds(5);
// If it waited more often, it is woken for too few. So many times it then sleeps, before it is looked at
// again how often it waits.
constexpr long often = 8;
constexpr unsigned rounds = 31u;

constexpr auto shortest = microseconds(50);
constexpr auto longest = microseconds(500);

microseconds time_of(const timeval &used)
{
    return std::chrono::seconds(used.tv_sec) + microseconds(used.tv_usec);
}

} // namespace

Gathering::Usage Gathering::Usage::now()
{
    rusage of{};
    getrusage(RUSAGE_THREAD, &of);
    return {Clock::now(), time_of(of.ru_utime) + time_of(of.ru_stime), of.ru_nvcsw};
}

void Gathering::look()
{
    updates = 0u;
    const Usage now = Usage::now();
    const auto passed = now.time - before.time;
    const auto idle = passed - (now.busy - before.busy);
    if (passed >= soon)
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

#else

void Gathering::look() { updates = 0u; }

#endif

} // namespace aiopvxs
