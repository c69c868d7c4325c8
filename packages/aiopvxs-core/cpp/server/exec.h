// One execution of a GET, PUT or RPC.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include <pvxs/data.h>
#include <pvxs/source.h>

#include "server/executor.h"
#include "server/handler.h"

namespace aiopvxs::server
{

// Owns the ExecOp, which nobody else may hold, and sees to it that exactly one of reply, error, cancel
// and destruction ends it: pvxs would let a late answer end the client's next request, and would leave
// a client waiting for ever whose operation was dropped. Any thread; nothing here needs the GIL.
class Exec : public std::enable_shared_from_this<Exec>
{
public:
    enum class Kind { get, put, rpc };

    // Make an Exec of `op` and give it to `handler`, whose exceptions become an error reply. On the
    // worker. `operation` is null for an RPC, which has no INIT of its own.
    static void run(std::unique_ptr<pvxs::server::ExecOp> &&op, Kind kind,
                    const std::shared_ptr<Channel> &channel, const std::shared_ptr<Operation> &operation,
                    pvxs::Value &&argument, Handler &handler) noexcept;
    ~Exec();

    // Each returns false if the operation was answered or cancelled before. reply() is for a PUT or
    // an RPC without result; the value of a GET must be a cloneEmpty() of operation().prototype(), and
    // must not be touched afterwards.
    bool reply() noexcept;
    bool reply(const pvxs::Value &value) noexcept;
    bool error(const std::string &message) noexcept;
    // The same as reply(), but it is sent with others, by Executor::flush() or some milliseconds later.
    bool reply_later(const pvxs::Value &value) noexcept;
    // Have a function called on the worker, unless the timer ends before. Waits for the worker.
    pvxs::Timer soon(std::function<void()> function) { return op->timerOneShot(0.0, std::move(function)); }
    // What was to be sent later, unless the client does not want it any more. Once.
    void send(const pvxs::Value &value) noexcept;

    // True once somebody answered, or the client no longer wants an answer.
    bool answered() const noexcept { return is_answered.load(); }
    // True once the client no longer wants an answer.
    bool cancelled() const noexcept { return is_cancelled.load(); }

    // Of all that ever were, to tell of it by.
    std::uint64_t number() const { return serial_number; }
    Kind kind() const { return what_for; }
    const std::string &name() const { return op->name(); }
    const pvxs::server::ClientCredentials &client() const { return *op->credentials(); }
    const pvxs::Value &request() const { return op->pvRequest(); }
    const std::shared_ptr<Channel> &channel() const { return owner; }
    const Operation &operation() const { return *parent; }

    // The executor has it, and is told of its end.
    void handed_over() noexcept { is_handed_over = true; }
    // Answer with an error, and tell the executor, unless it is answered within so many seconds. Works while
    // Python is busy. Once; off the worker this waits for it.
    void limit(double seconds);
    // Send a text beside the answer.
    void log(bool warning, const std::string &text) noexcept;
    // What the client sent with a PUT or RPC.
    pvxs::Value argument;

private:
    Exec(std::unique_ptr<pvxs::server::ExecOp> &&op, Kind kind, const std::shared_ptr<Channel> &channel,
         const std::shared_ptr<Operation> &operation, pvxs::Value &&argument);
    void cancel() noexcept;
    void expire(double seconds) noexcept;

    template <typename Function>
    bool answer(Function &&function) noexcept;

    std::unique_ptr<pvxs::server::ExecOp> op; // from beginning to end
    const Kind what_for;
    const std::uint64_t serial_number;
    const std::shared_ptr<Channel> owner;
    const std::shared_ptr<Operation> parent;
    std::atomic<bool> is_answered{false};
    std::atomic<bool> is_cancelled{false};
    std::atomic<bool> is_withdrawn{false}; // by the client, before anything was sent
    std::atomic<bool> is_handed_over{false};
    const std::shared_ptr<Executor> executor; // told when it is answered or cancelled
    pvxs::Timer timer;                        // its release waits for the worker
};

} // namespace aiopvxs::server
