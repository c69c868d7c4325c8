// The executor whose handlers run on an event loop.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "queue/completion_queue.h"
#include "server/executor.h"

namespace aiopvxs::server
{

// Pushes to the queue of the loop it is attached to. Detached, or where that loop has ended, it takes
// nothing.
class QueueExecutor final : public Executor
{
public:
    void attach(std::shared_ptr<CompletionQueue> to, std::uint64_t with_token);
    void detach();

    bool ask(std::uint64_t key, const std::string &name) noexcept override;
    bool open_channel(std::uint64_t key, const std::shared_ptr<Opening> &opening) noexcept override;
    bool put_question(const std::shared_ptr<Guard> &guard, std::uint64_t number, const char *what,
                      bool write) noexcept override;

protected:
    bool deliver(const std::shared_ptr<Exec> &exec, std::uint64_t key) noexcept override;
    bool notify(Notice notice, std::uint64_t about) noexcept override;

private:
    bool push(std::unique_ptr<Completion> item) noexcept;

    std::mutex attachment; // no other lock is taken while this is held
    std::shared_ptr<CompletionQueue> queue;
    std::uint64_t token = 0;
};

void register_operation(py::module_ &m);

} // namespace aiopvxs::server
