#include "data/returns.h"

#include "forked.h"

namespace aiopvxs
{

void Returns::give(pvxs::Value &&value) noexcept
{
    pvxs::Value given(std::move(value));
    if (forked::is_child())
        return; // there is no worker
    std::lock_guard<std::mutex> guard(mutex);
    if (closed || values.size() == most)
        return;
    values.push_back(std::move(given)); // there is room
    waiting.store(values.size(), std::memory_order_relaxed);
}

void Returns::end_all() noexcept
{
    {
        std::lock_guard<std::mutex> guard(mutex);
        if (closed)
            return;
        values.swap(ending);
        waiting.store(0u, std::memory_order_relaxed);
    }
    ending.clear();
}

void Returns::close() noexcept
{
    if (forked::is_child())
        return;
    std::vector<pvxs::Value> last;
    std::lock_guard<std::mutex> guard(mutex);
    closed = true;
    last.swap(values);
}

} // namespace aiopvxs
