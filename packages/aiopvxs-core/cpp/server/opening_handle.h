// What Python is asked by an AskingSource.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "queue/completion_queue.h"
#include "server/channel.h"
#include "server/opening.h"
#include "server/what.h"

namespace aiopvxs::server
{

// Is there a PV of that name?
class Sought final : public Completion
{
public:
    Sought(std::uint64_t key, std::string name) : key(key), name(std::move(name)) {}
    py::object to_python() override { return py::cast(std::move(*this)); }

    std::uint64_t key;
    std::string name;
};

// What serves this channel? Refused if nobody answers.
class OpeningHandle
{
public:
    OpeningHandle(std::uint64_t key, std::shared_ptr<Opening> of) : key(key), opening(std::move(of)) {}
    OpeningHandle(OpeningHandle &&) = default;
    ~OpeningHandle()
    {
        if (opening)
            opening->refuse(dropped);
    }

    std::uint64_t key;
    std::shared_ptr<Opening> opening;
};

class OpeningArrival final : public Completion
{
public:
    OpeningArrival(std::uint64_t key, std::shared_ptr<Opening> of) : handle(key, std::move(of)) {}
    ~OpeningArrival() override
    {
        if (handle.opening)
            handle.opening->refuse(shutting_down);
    }
    py::object to_python() override { return py::cast(std::move(handle)); }

private:
    OpeningHandle handle;
};

} // namespace aiopvxs::server
