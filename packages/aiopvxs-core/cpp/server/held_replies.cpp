#include "server/held_replies.h"

#include <chrono>

#include "queue/errands.h"
#include "server/exec.h"

namespace aiopvxs::server
{

namespace
{

constexpr std::chrono::milliseconds longest(10);

} // namespace

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
    flush();
}

void HeldReplies::flush() noexcept
{
    std::vector<Reply> all;
    {
        std::lock_guard<std::mutex> guard(mutex);
        all.swap(replies);
    }
    for (const Reply &reply : all)
        reply.exec->send(reply.value);
}

} // namespace aiopvxs::server
