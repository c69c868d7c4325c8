#include "server/executor.h"

#include <vector>

#include "forked.h"
#include "server/access.h"
#include "server/exec.h"
#include "server/what.h"

namespace aiopvxs::server
{

Executor::~Executor() { forked::keep(in_progress); }

void Executor::submit(const std::shared_ptr<Exec> &exec, std::uint64_t key) noexcept
{
    try {
        any = true;
        exec->handed_over();
        {
            std::lock_guard<std::mutex> guard(mutex);
            in_progress.emplace(exec->number(), exec);
        }
        if (exec->answered()) { // meanwhile
            answered(exec->number());
            return;
        }
        // after it is among those in progress, which a stop answers
        if (open && deliver(exec, key))
            return;
        exec->error(shutting_down);
    } catch (...) {
        exec->error(what(std::current_exception()));
    }
}

void Executor::tell(Notice notice, std::uint64_t about) noexcept
{
    notify(notice, about); // where the event loop is gone, nobody wants to know
}

void Executor::answered(std::uint64_t number) noexcept
{
    std::lock_guard<std::mutex> guard(mutex);
    in_progress.erase(number);
}

bool Executor::all_answered()
{
    std::lock_guard<std::mutex> guard(mutex);
    return in_progress.empty();
}

bool Executor::refuse_all() noexcept
{
    send_held();
    bool any = false;
    try {
        std::vector<std::shared_ptr<Exec>> waiting; // released without the lock
        {
            std::lock_guard<std::mutex> guard(mutex);
            for (const auto &entry : in_progress) {
                if (auto exec = entry.second.lock())
                    waiting.push_back(std::move(exec));
            }
        }
        if (restriction && restriction->refuse_all())
            any = this->any = true;
        for (const auto &exec : waiting) {
            if (exec->error(shutting_down)) {
                any = true;
                tell(Notice::stopped, exec->number());
            }
        }
    } catch (std::exception &) {
        // out of memory: the clients see a lost connection
    }
    return any;
}

} // namespace aiopvxs::server
