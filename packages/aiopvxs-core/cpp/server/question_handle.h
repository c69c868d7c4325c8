// What Python is asked where access is restricted.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "queue/completion_queue.h"
#include "server/guard.h"
#include "server/what.h"

namespace aiopvxs::server
{

struct GuardHandle {
    std::shared_ptr<Guard> guard;
};

// May this client do that? No, if nobody answers.
class QuestionHandle
{
public:
    QuestionHandle(std::shared_ptr<Guard> of, std::uint64_t number, const char *what, bool write)
        : guard(std::move(of)), number(number), what(what), write(write)
    {
    }
    QuestionHandle(QuestionHandle &&) = default;
    ~QuestionHandle()
    {
        if (guard)
            guard->deny(number, dropped);
    }

    std::shared_ptr<Guard> guard;
    std::uint64_t number;
    const char *what;
    bool write;
};

class QuestionArrival final : public Completion
{
public:
    QuestionArrival(std::shared_ptr<Guard> of, std::uint64_t number, const char *what, bool write)
        : handle(std::move(of), number, what, write)
    {
    }
    ~QuestionArrival() override
    {
        if (handle.guard)
            handle.guard->deny(handle.number, shutting_down);
    }
    py::object to_python() override { return py::cast(std::move(handle)); }

private:
    QuestionHandle handle;
};

} // namespace aiopvxs::server
