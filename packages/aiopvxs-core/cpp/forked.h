// What fork() leaves of PVXS: nothing that works.
//
// The child has none of the threads of PVXS and libCom, but their locks as they were at that moment: to call
// them there would wait for ever. A process whose parent had made a Context or a Server is therefore told so
// at every entry, and nothing inherited is ever destroyed in it. All of this costs a flag.
#pragma once

#include <atomic>
#include <memory>
#include <stdexcept>
#include <utility>

namespace aiopvxs::forked
{

// Becomes aiopvxs_core.errors.Forked.
class Error : public std::runtime_error
{
public:
    Error();
};

namespace detail
{
extern std::atomic<bool> in_child;
}

// PVXS is used from here on: call before a Context or Server is made. Throws Error in such a child.
void begin();

// This process is the child of one that used PVXS.
inline bool is_child() noexcept { return detail::in_child.load(std::memory_order_relaxed); }

// Refuse to go on in such a child. Before any lock is taken that a thread of the parent may have held.
inline void check()
{
    if (is_child())
        throw Error();
}

// In such a child: keep what `object` holds for ever, for its end would call PVXS. For destructors.
template <typename T>
void keep(T &object) noexcept
{
    try {
        if (is_child())
            new T(std::move(object));
    } catch (std::bad_alloc &) {
        // out of memory, in a process that must not go on with this anyway
    }
}

} // namespace aiopvxs::forked
