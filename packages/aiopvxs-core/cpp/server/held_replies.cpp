#include "server/held_replies.h"

#include <chrono>

#include "forked.h"
#include "queue/errands.h"
#include "server/exec.h"

namespace aiopvxs::server
{

namespace
{

constexpr std::chrono::milliseconds longest(10);
constexpr std::size_t many = 16u;

} // namespace

HeldReplies::~HeldReplies()
{
    if (forked::is_child()) {
        forked::keep(latest);
        return;
    }
    if (!latest)
        return;
    try {
        errands::submit([last = std::move(latest)]() noexcept {});
    } catch (std::exception &) {
        // out of memory: it ends here
    }
}

void HeldReplies::hold(std::shared_ptr<Exec> exec, pvxs::Value value)
{
    bool watch;
    {
        std::lock_guard<std::mutex> guard(mutex);
        replies.push_back({std::move(exec), std::move(value)});
        watch = !watched;
        watched = true;
    }
    if (!watch)
        return;
    try {
        errands::submit_at(std::chrono::steady_clock::now() + longest, [weak = weak_from_this()]() noexcept {
            if (auto self = weak.lock())
                self->look();
        });
    } catch (std::exception &) {
        look(); // no thread, or no memory: at once
    }
}

void HeldReplies::look() noexcept
{
    {
        std::lock_guard<std::mutex> guard(mutex);
        watched = false;
    }
    send();
}

void HeldReplies::Batch::send() noexcept
{
    for (const Reply &reply : replies)
        reply.exec->send(reply.value);
    replies.clear();
}

void HeldReplies::send() noexcept
{
    Batch batch; // sent without the lock
    std::lock_guard<std::mutex> guard(mutex);
    batch.replies.swap(replies);
}

void HeldReplies::flush() noexcept
{
    try {
        auto batch = std::make_shared<Batch>();
        {
            std::lock_guard<std::mutex> guard(mutex);
            batch->replies.swap(replies);
        }
        if (batch->replies.size() >= many)
            errands::submit([self = shared_from_this(), batch]() noexcept { self->send_on_worker(batch); });
    } catch (std::exception &) {
        send(); // no memory or no thread for more
    }
}

// On the thread of errands.
void HeldReplies::send_on_worker(std::shared_ptr<Batch> batch) noexcept
{
    try {
        const auto &exec = batch->replies.front().exec;
        latest = exec->soon([batch]() noexcept { batch->send(); });
    } catch (std::exception &) {
        // the worker has stopped, or there is no memory: the batch ends here
    }
}

} // namespace aiopvxs::server
