// What client operations push through the CompletionQueue.
#pragma once

#include <cstdint>
#include <string>

#include "queue/completion_queue.h"

namespace aiopvxs
{

// The end of an operation: the Value that Python gets (empty for a put).
class Result final : public Completion
{
public:
    explicit Result(pvxs::Value of) : value(std::move(of)) {}
    py::object to_python() override;

private:
    pvxs::Value value;
};

// The end of an operation that failed. Which exception that makes is Python's to say.
class Failure final : public Completion
{
public:
    enum class Kind { remote, disconnected, closed, error };

    Failure(Kind of_kind, std::string with_text, std::string from_peer)
        : kind(of_kind), text(std::move(with_text)), peer(std::move(from_peer))
    {
    }
    // Classify what pvxs gave to a result callback.
    static std::unique_ptr<Failure> from(const std::exception &error, const std::string &peer);

    py::object to_python() override;

    Kind kind;
    std::string text;
    std::string peer; // "" if not known
};

// A put asks Python for the value to send: here is its type, or the present value if it was fetched.
// Python answers with Waiter.supply(value, link).
class Prototype final : public Completion
{
public:
    Prototype(pvxs::Value of, std::uint64_t on_link) : value(std::move(of)), link(on_link) {}
    py::object to_python() override;

    pvxs::Value value;
    std::uint64_t link;
};

void register_completions(py::module_ &m);

} // namespace aiopvxs
