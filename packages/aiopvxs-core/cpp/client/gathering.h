// Lets updates gather for a moment, where a worker is woken for few at a time and very many come.
#pragma once

#include <chrono>
#include <cstddef>

namespace aiopvxs
{

// One for all monitors of a Context, for they have one worker; only that may call.
class Gathering
{
public:
    // So many updates have come, and are handed on. With no lock held: it may sleep for half a millisecond,
    // and then reads at once what it would have been woken for again and again. That costs more than what is
    // done with the updates, above all where a worker with real-time priority takes the core of the thread
    // that sends them, after each message. Part of the time only is slept that the worker would have waited.
    void came(std::size_t count)
    {
        updates += count;
        if (updates >= many)
            look();
    }

private:
    using Clock = std::chrono::steady_clock;

    // What this thread has used.
    struct Usage {
        Clock::time_point time{};
        std::chrono::microseconds busy{};
        long waits = 0;

        static Usage now();
    };

    // It is looked at once for so many updates.
    static constexpr std::size_t many = 512u;

    void look();

    std::size_t updates = 0u;
    unsigned left = 0u; // so many times it sleeps
    Usage before;
};

} // namespace aiopvxs
