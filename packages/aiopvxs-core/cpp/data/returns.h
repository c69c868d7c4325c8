// Values on their way back to the thread that made them.
//
// An update is made by the worker of a Context and ends with its Python object. Freed there, each takes the
// lock of the worker's part of the heap, and both threads wait for one another; freed by the worker, the next
// update is made of it.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <vector>

#include "python.h"

namespace aiopvxs
{

class Returns
{
public:
    // So many values wait for the worker at most; each is small (see Subscription).
    static constexpr std::size_t most = 512u;

    Returns()
    {
        values.reserve(most);
        ending.reserve(most);
    }
    Returns(const Returns &) = delete;
    Returns &operator=(const Returns &) = delete;

    // Any thread. What does not fit ends here.
    void give(pvxs::Value &&value) noexcept;
    // On the worker: end those that are many.
    void take() noexcept
    {
        if (waiting.load(std::memory_order_relaxed) >= many)
            end_all();
    }
    // End all, and keep none from now on.
    void close() noexcept;

private:
    static constexpr std::size_t many = 32u;

    void end_all() noexcept;

    std::mutex mutex;
    std::vector<pvxs::Value> values;
    std::vector<pvxs::Value> ending; // empty but while they end; the worker's
    std::atomic<std::size_t> waiting{0u};
    bool closed = false;
};

} // namespace aiopvxs
