// A queue in one piece of memory, which it keeps: what one thread adds and another removes is not allocated
// by the one and freed by the other, for then both wait for the heap.
#pragma once

#include <cstddef>
#include <iterator>
#include <utility>
#include <vector>

namespace aiopvxs
{

template <typename T>
class Fifo
{
public:
    using iterator = typename std::vector<T>::iterator;
    using const_iterator = typename std::vector<T>::const_iterator;

    iterator begin() { return kept.begin() + static_cast<std::ptrdiff_t>(gone); }
    iterator end() { return kept.end(); }
    const_iterator begin() const { return kept.begin() + static_cast<std::ptrdiff_t>(gone); }
    const_iterator end() const { return kept.end(); }
    bool empty() const { return gone == kept.size(); }
    std::size_t size() const { return kept.size() - gone; }
    T &front() { return kept[gone]; }
    T &back() { return kept.back(); }

    void push_back(T &&item)
    {
        if (kept.size() == kept.capacity() && gone > size())
            forget(); // so that it grows no larger than what waits needs
        kept.push_back(std::move(item));
    }
    void pop_back()
    {
        kept.pop_back();
        rest();
    }
    void pop_front()
    {
        front() = T();
        gone++;
        rest();
    }
    void erase(iterator one) { erase(one, std::next(one)); }
    void erase(iterator first, iterator last)
    {
        if (first == begin()) {
            for (auto n = last - first; n > 0; n--)
                pop_front();
            return;
        }
        kept.erase(first, last);
    }
    void clear()
    {
        std::vector<T>().swap(kept);
        gone = 0u;
    }

private:
    // So many places are kept for what comes after all was taken.
    static constexpr std::size_t few = 64u;

    void forget()
    {
        kept.erase(kept.begin(), begin());
        gone = 0u;
    }
    void rest()
    {
        if (!empty())
            return;
        if (kept.capacity() > few)
            clear();
        kept.clear();
        gone = 0u;
    }

    std::vector<T> kept;
    std::size_t gone = 0u; // of the first ones, nothing is left
};

} // namespace aiopvxs
