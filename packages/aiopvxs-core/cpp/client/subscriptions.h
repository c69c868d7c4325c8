// The subscriptions of a client Context, which owns none of them.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>

namespace aiopvxs
{

class Subscription;

class Subscriptions
{
public:
    // False if they were closed.
    bool add(const std::shared_ptr<Subscription> &subscription);
    void remove(const Subscription *subscription) noexcept;
    // End all of them with Closed, and those to come.
    void close();

private:
    std::mutex mutex;
    std::unordered_map<const Subscription *, std::weak_ptr<Subscription>> all;
    bool closed = false;
};

} // namespace aiopvxs
