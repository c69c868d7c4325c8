// What a Guard is asked as a handler.
#include "server/guard.h"

#include "server/access.h"
#include "server/channel.h"
#include "server/exec.h"
#include "server/what.h"

namespace aiopvxs::server
{

void Guard::type(const std::shared_ptr<Operation> &operation)
{
    submit(Item{Right::read, operation, nullptr, nullptr});
}

void Guard::subscribe(const std::shared_ptr<Subscriber> &subscriber)
{
    submit(Item{Right::read, nullptr, subscriber, nullptr});
}

void Guard::get(const std::shared_ptr<Exec> &exec)
{
    bool decided;
    {
        std::lock_guard<std::mutex> lock(mutex);
        decided = admitted && pending.empty();
    }
    if (decided)
        inner->get(exec);
    else
        submit(Item{Right::read, nullptr, nullptr, exec});
}

void Guard::put(const std::shared_ptr<Exec> &exec) { submit(Item{Right::write, nullptr, nullptr, exec}); }

void Guard::rpc(const std::shared_ptr<Exec> &exec) { submit(Item{Right::write, nullptr, nullptr, exec}); }

// Of an item that waits nothing is left but its place.
template <typename Field, typename Of>
Guard::Item Guard::take(Field field, const Of &of)
{
    for (auto &item : pending) {
        if ((item.*field).get() == of)
            return std::exchange(item, Item());
    }
    return Item();
}

void Guard::forget(const std::shared_ptr<Operation> &operation) noexcept
{
    Item released; // after the lock
    {
        std::lock_guard<std::mutex> lock(mutex);
        if (state == State::running && !pending.empty() && pending.front().operation == operation) {
            forgotten = true;
            return;
        }
        released = take(&Item::operation, operation.get());
    }
    inner->forget(operation); // which it may not know
}

void Guard::forget(const std::shared_ptr<Subscriber> &subscriber) noexcept
{
    Item released; // after the lock
    {
        std::lock_guard<std::mutex> lock(mutex);
        if (state == State::running && !pending.empty() && pending.front().subscriber == subscriber) {
            forgotten = true;
            return;
        }
        released = take(&Item::subscriber, subscriber.get());
        if (!passed.erase(subscriber.get()))
            return;
    }
    inner->forget(subscriber);
}

void Guard::opened(const std::shared_ptr<Channel> &of)
{
    {
        std::lock_guard<std::mutex> lock(mutex);
        channel = of;
    }
    inner->opened(of);
}

void Guard::closed(const std::shared_ptr<Channel> &of) noexcept
{
    std::deque<Item> dropped_items; // released after the lock
    {
        std::lock_guard<std::mutex> lock(mutex);
        ended = true;
        // what is being passed on stays until that is done
        if (state != State::running)
            dropped_items.swap(pending);
        else
            while (pending.size() > 1) {
                dropped_items.push_back(std::move(pending.back()));
                pending.pop_back();
            }
    }
    access->remove(this);
    inner->closed(of);
}

} // namespace aiopvxs::server
