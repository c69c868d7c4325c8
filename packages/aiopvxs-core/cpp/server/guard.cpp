#include "server/guard.h"

#include "forked.h"
#include "queue/errands.h"
#include "server/channel.h"
#include "server/exec.h"
#include "server/operation.h"
#include "server/subscriber.h"
#include "server/what.h"

namespace aiopvxs::server
{

Guard::Guard(std::shared_ptr<Handler> inner, std::string name, Client client,
             std::shared_ptr<Executor> executor)
    : inner(std::move(inner)), of_name(std::move(name)), of_client(std::move(client)),
      executor(std::move(executor)), access(this->executor->access())
{
}

Guard::~Guard()
{
    forked::keep(pending);
    if (!forked::is_child())
        access->remove(this);
}

std::shared_ptr<Handler> Guard::around(const std::shared_ptr<Handler> &handler, const std::string &name,
                                       const Client &client, const std::shared_ptr<Executor> &executor)
{
    if (!executor || !executor->access())
        return handler;
    std::shared_ptr<Guard> guard(new Guard(handler, name, client, executor));
    executor->access()->add(guard);
    return guard;
}

const char *Guard::Item::what() const
{
    if (subscriber)
        return "monitor";
    if (!exec || exec->kind() == Exec::Kind::get)
        return "read";
    return exec->kind() == Exec::Kind::put ? "put" : "rpc";
}

void Guard::Item::refuse(const std::string &text) const noexcept
{
    if (operation)
        operation->error(text);
    if (subscriber)
        subscriber->error(text);
    if (exec)
        exec->error(text);
}

void Guard::submit(Item item)
{
    {
        std::lock_guard<std::mutex> lock(mutex);
        if (ended)
            return;
        const bool first = pending.empty();
        if (!first || granted < item.needs) {
            pending.push_back(std::move(item));
            if (!first)
                return; // its turn comes
            state = State::asked;
        } else if (item.subscriber) {
            passed.insert(item.subscriber.get());
        }
    }
    if (item.exists())
        pass_on(item);
    else
        ask();
}

void Guard::ask() noexcept
{
    std::uint64_t number;
    const char *what;
    bool write;
    {
        std::lock_guard<std::mutex> lock(mutex);
        if (pending.empty())
            return;
        number = ++question;
        asked_in = access->epoch();
        what = pending.front().what();
        write = pending.front().needs == Right::write;
    }
    if (!executor->put_question(shared_from_this(), number, what, write))
        deny(number, shutting_down);
}

bool Guard::settle(std::uint64_t number, bool allowed, const std::string &text, Right grant) noexcept
{
    bool again = false;
    {
        std::lock_guard<std::mutex> lock(mutex);
        if (state != State::asked || number != question || pending.empty())
            return false;
        if (asked_in != access->epoch()) {
            again = true; // it was decided by rules that hold no more
        } else {
            state = State::running;
            ++question; // the one who asked may answer once
            if (allowed && pending.front().needs == Right::read)
                admitted = true;
            if (allowed && grant > granted)
                granted = grant;
        }
    }
    if (again) {
        ask();
        return true;
    }
    try {
        errands::submit(
            [self = shared_from_this(), allowed, text]() noexcept { self->conclude(allowed, text); });
    } catch (std::exception &) {
        conclude(false, allowed ? dropped : text); // out of memory: a refusal waits for nothing
    }
    return true;
}

bool Guard::allow(std::uint64_t number, Right grant) noexcept { return settle(number, true, "", grant); }

bool Guard::deny(std::uint64_t number, const std::string &text) noexcept
{
    if (forked::is_child())
        return false;
    return settle(number, false, text.empty() ? dropped : text, Right::none);
}

// Each stays the first of those pending while it is passed on, so that later ones do not overtake it.
void Guard::conclude(bool allowed, const std::string &text) noexcept
{
    for (;;) {
        Item item;
        {
            std::lock_guard<std::mutex> lock(mutex);
            if (pending.empty())
                return;
            item = pending.front();
            forgotten = false;
            if (allowed && item.subscriber)
                passed.insert(item.subscriber.get());
        }
        if (!allowed)
            item.refuse(text);
        else
            pass_on(item);
        bool was_forgotten;
        State next = State::idle;
        {
            std::lock_guard<std::mutex> lock(mutex);
            was_forgotten = forgotten;
            forgotten = false;
            if (was_forgotten && item.subscriber && !passed.erase(item.subscriber.get()))
                was_forgotten = false;
            if (!pending.empty())
                pending.pop_front();
            if (!pending.empty()) {
                allowed = !pending.front().exists() || granted >= pending.front().needs;
                next = allowed ? State::running : State::asked;
            }
            state = next;
        }
        if (was_forgotten && item.operation)
            inner->forget(item.operation);
        if (was_forgotten && item.subscriber)
            inner->forget(item.subscriber);
        if (next == State::asked)
            ask();
        if (next != State::running)
            return;
    }
}

void Guard::pass_on(const Item &item) noexcept
{
    try {
        if (item.operation)
            inner->type(item.operation);
        else if (item.subscriber)
            inner->subscribe(item.subscriber);
        else if (!item.exec || item.exec->answered())
            return; // nobody waits for it any more
        else if (item.exec->kind() == Exec::Kind::get)
            inner->get(item.exec);
        else if (item.exec->kind() == Exec::Kind::put)
            inner->put(item.exec);
        else
            inner->rpc(item.exec);
    } catch (...) {
        item.refuse(aiopvxs::server::what(std::current_exception()));
    }
}

bool Guard::forget_rights() noexcept
{
    std::lock_guard<std::mutex> lock(mutex);
    const bool had = admitted || granted != Right::none;
    admitted = false;
    granted = Right::none;
    return had && !ended;
}

bool Guard::shut(const std::string &text) noexcept
{
    std::deque<Item> those; // released after the lock
    {
        std::lock_guard<std::mutex> lock(mutex);
        if (state != State::asked)
            return false;
        state = State::idle;
        ++question;
        those.swap(pending);
    }
    for (const auto &item : those)
        item.refuse(text);
    return !those.empty();
}

void Guard::revoke()
{
    forked::check();
    std::shared_ptr<Channel> open;
    {
        std::lock_guard<std::mutex> lock(mutex);
        open = channel.lock();
    }
    if (open)
        Channel::close_all({std::move(open)});
}

} // namespace aiopvxs::server
