#include "data/returns.h"

#include <algorithm>
#include <array>

#include "forked.h"

namespace aiopvxs
{

Returns::~Returns()
{
    forked::keep(values);
    close();
}

void Returns::give(pvxs::Value &&value) noexcept
{
    pvxs::Value given(std::move(value)); // ends after the lock, where it does not fit
    if (forked::is_child()) {
        forked::keep(given); // a lock that it takes may be another process's
        return;
    }
    std::lock_guard<std::mutex> guard(mutex);
    const bool fits = !closed && (values.size() < few || room->take());
    if (!fits)
        return;
    try {
        values.push_back(std::move(given));
        waiting.store(values.size(), std::memory_order_relaxed);
    } catch (std::bad_alloc &) {
        if (values.size() >= few)
            room->give_back(1u);
    }
}

void Returns::end(std::size_t made) noexcept
{
    // some more where they become many, so that they become less
    std::size_t left = made + waiting.load(std::memory_order_relaxed) / few;
    while (left > 0u)
        left = std::min(left - end_some(left), waiting.load(std::memory_order_relaxed));
}

std::size_t Returns::end_some(std::size_t most) noexcept
{
    std::array<pvxs::Value, 4> ending; // end after the lock
    std::lock_guard<std::mutex> guard(mutex);
    const std::size_t before = values.size();
    const std::size_t count = std::min({most, before, ending.size()});
    for (std::size_t i = 0u; i < count; i++) {
        ending[i] = std::move(values.back());
        values.pop_back();
    }
    waiting.store(values.size(), std::memory_order_relaxed);
    room->give_back(beyond(before) - beyond(values.size()));
    return count;
}

void Returns::close() noexcept
{
    if (forked::is_child())
        return;
    std::vector<pvxs::Value> last; // ends after the lock
    std::lock_guard<std::mutex> guard(mutex);
    closed = true;
    room->give_back(beyond(values.size()));
    last.swap(values);
    waiting.store(0u, std::memory_order_relaxed);
}

} // namespace aiopvxs
