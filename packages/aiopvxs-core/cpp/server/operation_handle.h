// What Python gets of an operation in progress.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "queue/completion_queue.h"
#include "server/exec.h"
#include "server/what.h"

namespace aiopvxs::server
{

// An operation and the key of the handler that it is for; answered with an error when the last copy goes.
struct OperationHandle {
    std::shared_ptr<Exec> exec;
    std::uint64_t key;
};

// An operation on its way to the event loop. One that does not get there is answered.
class Arrival final : public Completion
{
public:
    Arrival(std::shared_ptr<Exec> exec, std::uint64_t key) : handle{std::move(exec), key} {}
    ~Arrival() override
    {
        if (handle.exec)
            handle.exec->error(shutting_down);
    }
    py::object to_python() override;

private:
    OperationHandle handle;
};

// What became of an operation or a handler.
class Told final : public Completion
{
public:
    Told(Executor::Notice notice, std::uint64_t about) : notice(notice), about(about) {}
    py::object to_python() override { return py::cast(std::move(*this)); }

    Executor::Notice notice;
    std::uint64_t about;
};

} // namespace aiopvxs::server
