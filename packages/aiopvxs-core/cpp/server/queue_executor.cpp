#include "server/queue_executor.h"

#include "forked.h"
#include "server/opening_handle.h"
#include "server/operation_handle.h"
#include "server/question_handle.h"

namespace aiopvxs::server
{

void QueueExecutor::attach(std::shared_ptr<CompletionQueue> to, std::uint64_t with_token)
{
    forked::check();
    std::lock_guard<std::mutex> guard(attachment);
    queue.swap(to); // the other one is released after the lock
    token = with_token;
}

void QueueExecutor::detach()
{
    attach(nullptr, 0);
    send_held();
}

bool QueueExecutor::push(std::unique_ptr<Completion> item) noexcept
{
    std::shared_ptr<CompletionQueue> to;
    std::uint64_t with_token;
    {
        std::lock_guard<std::mutex> guard(attachment);
        to = queue;
        with_token = token;
    }
    return to && to->push(with_token, std::move(item));
}

bool QueueExecutor::deliver(const std::shared_ptr<Exec> &exec, std::uint64_t key) noexcept
{
    try {
        return push(std::make_unique<Arrival>(exec, key));
    } catch (std::exception &) {
        return false; // out of memory
    }
}

bool QueueExecutor::ask(std::uint64_t key, const std::string &name) noexcept
{
    try {
        return push(std::make_unique<Sought>(key, name));
    } catch (std::exception &) {
        return false; // out of memory
    }
}

bool QueueExecutor::open_channel(std::uint64_t key, const std::shared_ptr<Opening> &opening) noexcept
{
    try {
        return push(std::make_unique<OpeningArrival>(key, opening));
    } catch (std::exception &) {
        return false; // out of memory
    }
}

bool QueueExecutor::put_question(const std::shared_ptr<Guard> &guard, std::uint64_t number, const char *what,
                                 bool write) noexcept
{
    try {
        return push(std::make_unique<QuestionArrival>(guard, number, what, write));
    } catch (std::exception &) {
        return false; // out of memory
    }
}

bool QueueExecutor::notify(Notice notice, std::uint64_t about) noexcept
{
    try {
        return push(std::make_unique<Told>(notice, about));
    } catch (std::exception &) {
        return false; // out of memory
    }
}

} // namespace aiopvxs::server
