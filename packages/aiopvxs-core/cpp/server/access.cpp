#include "server/access.h"

#include "forked.h"
#include "server/guard.h"
#include "server/what.h"

namespace aiopvxs::server
{

std::vector<std::shared_ptr<Guard>> Access::renew(std::uint64_t key)
{
    forked::check();
    ++current; // first: what is decided from now on counts
    std::vector<std::shared_ptr<Guard>> found;
    for (const auto &guard : all()) {
        if ((!key || guard->handler_key() == key) && guard->forget_rights())
            found.push_back(guard);
    }
    return found;
}

bool Access::refuse_all()
{
    bool any = false;
    for (const auto &guard : all())
        any = guard->shut(shutting_down) || any;
    return any;
}

std::vector<std::shared_ptr<Guard>> Access::all()
{
    std::vector<std::shared_ptr<Guard>> found;
    std::lock_guard<std::mutex> lock(mutex);
    for (const auto &entry : guards) {
        if (auto guard = entry.second.lock())
            found.push_back(std::move(guard));
    }
    return found;
}

void Access::add(const std::shared_ptr<Guard> &guard)
{
    std::lock_guard<std::mutex> lock(mutex);
    guards.emplace(guard.get(), guard);
}

void Access::remove(const Guard *guard) noexcept
{
    std::lock_guard<std::mutex> lock(mutex);
    guards.erase(guard);
}

} // namespace aiopvxs::server
