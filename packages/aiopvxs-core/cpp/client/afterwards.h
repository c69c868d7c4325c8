// What a critical section leaves to be done when its mutex is no longer held.
#pragma once

#include <memory>
#include <vector>

#include "client/waiter.h"

namespace aiopvxs
{

// Declare before the lock, so that it is destroyed after it. Releasing a pvxs handle, a functor or a
// completion may run any destructor: none of ours does so with one of our mutexes held.
class Afterwards
{
public:
    Afterwards() = default;
    Afterwards(const Afterwards &) = delete;
    Afterwards &operator=(const Afterwards &) = delete;
    ~Afterwards()
    {
        for (Delivery &delivery : deliveries)
            delivery.queue->push(delivery.token, std::move(delivery.item));
    }

    void release(std::shared_ptr<void> handle)
    {
        if (handle)
            handles.push_back(std::move(handle));
    }

    void deliver(const Waiter &waiter, std::unique_ptr<Completion> item)
    {
        deliveries.push_back(Delivery{waiter.queue, waiter.token, std::move(item)});
    }

private:
    struct Delivery {
        std::shared_ptr<CompletionQueue> queue;
        std::uint64_t token;
        std::unique_ptr<Completion> item;
    };

    std::vector<std::shared_ptr<void>> handles;
    std::vector<Delivery> deliveries;
};

} // namespace aiopvxs
