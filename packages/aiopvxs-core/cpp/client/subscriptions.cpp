#include "client/subscriptions.h"

#include "client/subscription.h"

namespace aiopvxs
{

bool Subscriptions::add(const std::shared_ptr<Subscription> &subscription)
{
    std::lock_guard<std::mutex> lock(mutex);
    if (closed)
        return false;
    all.emplace(subscription.get(), subscription);
    return true;
}

void Subscriptions::remove(const Subscription *subscription) noexcept
{
    std::lock_guard<std::mutex> lock(mutex);
    all.erase(subscription);
}

void Subscriptions::close()
{
    decltype(all) ending;
    {
        std::lock_guard<std::mutex> lock(mutex);
        closed = true;
        ending.swap(all);
    }
    for (auto &each : ending) {
        if (auto subscription = each.second.lock())
            subscription->end_with_context();
    }
}

} // namespace aiopvxs
