// Values on their way back to the thread that made them.
//
// An update is made by the worker of a Context and ends with its Python object. Freed there, each takes the
// lock of the worker's part of the heap, and both threads wait for one another; freed by the worker, the next
// update is made of it: pvxs keeps some ended values of each monitor (twice its queueSize), and frees more.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "python.h"

namespace aiopvxs
{

// How many values may wait beyond the few of each monitor: one for all monitors of a Context.
class ReturnsRoom
{
public:
    bool take() noexcept
    {
        if (taken.fetch_add(1u, std::memory_order_relaxed) < most)
            return true;
        give_back(1u);
        return false;
    }
    void give_back(std::size_t count) noexcept { taken.fetch_sub(count, std::memory_order_relaxed); }

private:
    static constexpr std::size_t most = 1024u;

    std::atomic<std::size_t> taken{0u};
};

// Those of one monitor; each is small (see UpdateQueue).
class Returns
{
public:
    explicit Returns(std::shared_ptr<ReturnsRoom> in) : room(std::move(in)) {}
    ~Returns();
    Returns(const Returns &) = delete;
    Returns &operator=(const Returns &) = delete;

    // Any thread. What does not fit ends here.
    void give(pvxs::Value &&value) noexcept;
    // On the worker, when so many updates were made: end about as many. A burst that ended at once would
    // exceed what pvxs keeps, and its next updates be made anew.
    void take(std::size_t made) noexcept
    {
        if (waiting.load(std::memory_order_relaxed) > 0u)
            end(made);
    }
    // End all, and keep none from now on.
    void close() noexcept;

private:
    static constexpr std::size_t few = 16u;

    void end(std::size_t made) noexcept;
    std::size_t end_some(std::size_t most) noexcept;
    static std::size_t beyond(std::size_t count) noexcept { return count > few ? count - few : 0u; }

    const std::shared_ptr<ReturnsRoom> room;
    std::mutex mutex;
    std::vector<pvxs::Value> values;
    std::atomic<std::size_t> waiting{0u}; // how many; written with the mutex
    bool closed = false;
};

} // namespace aiopvxs
