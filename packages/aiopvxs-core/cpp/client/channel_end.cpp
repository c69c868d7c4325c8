// How operations of a channel end before their time, and the channel itself. The rows cited are those of the
// state table in docs/explanation/kept-operations.md.
#include "client/channel.h"

#include <algorithm>

#include "client/session.h"

namespace aiopvxs
{

bool Channel::remove(Waiters &from, const std::shared_ptr<Waiter> &waiter)
{
    auto found = std::find(from.begin(), from.end(), waiter);
    if (found == from.end())
        return false;
    from.erase(found);
    return true;
}

bool Channel::cancel(const std::shared_ptr<Waiter> &waiter)
{
    Afterwards later;
    Lock lock(mutex);
    if (waiter->done)
        return false;
    waiter->done = true;
    if (!opened)
        remove(before_open, waiter);
    else if (waiter->kind == Waiter::Kind::get)
        cancel_get(waiter, later);
    else if (waiter->kind == Waiter::Kind::put)
        cancel_put(waiter, later);
    else
        cancel_call(waiter, later);
    return !up && !busy();
}

void Channel::cancel_get(const std::shared_ptr<Waiter> &waiter, Afterwards &later)
{
    auto found = gets.find(waiter->request->key);
    if (found == gets.end())
        return;
    GetRecord &record = found->second;
    if (remove(record.wait, waiter)) // row 11
        return;
    if (remove(record.sent, waiter) && record.sent.empty() && record.operation) {
        kill(*record.operation, later); // row 10: the server's onCancel fires
        pump_get(record, later);
    }
}

void Channel::cancel_put(const std::shared_ptr<Waiter> &waiter, Afterwards &later)
{
    remove(put_queue, waiter);
    remove(put_sent, waiter);
    if (auto operation = waiter->operation.lock())
        kill(*operation, later); // row 10
    pump_puts(later);
}

void Channel::close()
{
    Afterwards later;
    Lock lock(mutex);
    closed = true;
    auto fail = [&](Waiters &waiters) {
        for (auto &waiter : waiters)
            finish(*waiter, std::make_unique<Failure>(Failure::Kind::closed, "", last_peer), later);
        waiters.clear();
    };
    fail(before_open);
    for (auto &[key, record] : gets) {
        fail(record.wait);
        fail(record.sent);
    }
    fail(put_queue);
    fail(put_sent);
    for (auto &waiter : calls)
        later.release(std::move(waiter->call));
    fail(calls);
    watch_closed(later);
    release_all(later);
}

bool Channel::retire(Afterwards &later)
{
    Lock lock(mutex);
    if (busy())
        return false;
    retired = true;
    release_all(later);
    return true;
}

void Channel::release_all(Afterwards &later)
{
    for (auto &[key, record] : gets) {
        if (record.operation)
            kill(*record.operation, later);
    }
    gets.clear();
    while (!puts.empty())
        kill(*puts.back(), later);
    later.release(std::move(connect));
}

// rows 2 and 6: INIT was refused, now or after a reconnect
void Channel::refused(KeptOperation &operation, pvxs::client::Result &&result, Afterwards &later)
{
    try {
        result();
    } catch (std::exception &error) {
        auto kept = operation.shared_from_this(); // the record lets go of it
        kill(operation, later);
        fail_waiting(operation, error, later);
    }
}

void Channel::kill(KeptOperation &operation, Afterwards &later)
{
    auto self = operation.shared_from_this();
    count_bytes(operation, 0u);
    later.release(operation.kill());
    puts.erase(std::remove(puts.begin(), puts.end(), self), puts.end());
    later.release(std::move(self));
}

void Channel::finish(Waiter &waiter, std::unique_ptr<Completion> item, Afterwards &later)
{
    waiter.done = true;
    later.deliver(waiter, std::move(item));
}

void Channel::fail_waiting(KeptOperation &operation, const std::exception &error, Afterwards &later)
{
    auto fail = [&](const std::shared_ptr<Waiter> &waiter) {
        finish(*waiter, Failure::from(error, last_peer), later);
    };
    if (operation.kind == Waiter::Kind::get) {
        auto found = gets.find(operation.request->key);
        if (found == gets.end() || found->second.operation.get() != &operation)
            return;
        std::for_each(found->second.sent.begin(), found->second.sent.end(), fail);
        std::for_each(found->second.wait.begin(), found->second.wait.end(), fail);
        gets.erase(found);
        return;
    }
    Waiters others;
    for (auto &waiter : put_queue) {
        if (waiter->request->key == operation.request->key)
            fail(waiter);
        else
            others.push_back(waiter);
    }
    put_queue.swap(others);
    pump_puts(later); // the others may have waited behind
}

bool Channel::busy() const
{
    return !before_open.empty() || !put_queue.empty() || !put_sent.empty() || !calls.empty() ||
           std::any_of(gets.begin(), gets.end(), [](const auto &item) {
               return !item.second.wait.empty() || !item.second.sent.empty();
           });
}

} // namespace aiopvxs
