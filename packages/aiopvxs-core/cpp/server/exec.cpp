#include "server/exec.h"

#include <cstdio>

#include <pvxs/log.h>
#include <pvxs/util.h>

#include "forked.h"
#include "queue/errands.h"
#include "server/channel.h"
#include "server/operation.h"
#include "server/what.h"

namespace aiopvxs::server
{

namespace
{

std::atomic<std::uint64_t> count{0};

// "0.5", "60"
std::string plain(double seconds)
{
    char text[32];
    std::snprintf(text, sizeof text, "%g", seconds);
    return text;
}

} // namespace

Exec::Exec(std::unique_ptr<pvxs::server::ExecOp> &&op, Kind kind, const std::shared_ptr<Channel> &channel,
           const std::shared_ptr<Operation> &operation, pvxs::Value &&argument)
    : argument(std::move(argument)), op(std::move(op)), what_for(kind), serial_number(++count),
      owner(channel), parent(operation), executor(channel->executor())
{
}

Exec::~Exec()
{
    if (forked::is_child()) {
        forked::keep(op);
        forked::keep(timer);
        return;
    }
    error(dropped);
    if (!timer)
        return;
    try {
        errands::submit([last = std::move(timer)]() noexcept {});
    } catch (std::exception &) {
        // out of memory: it ends here
    }
}

void Exec::run(std::unique_ptr<pvxs::server::ExecOp> &&op, Kind kind, const std::shared_ptr<Channel> &channel,
               const std::shared_ptr<Operation> &operation, pvxs::Value &&argument, Handler &handler) noexcept
{
    try {
        std::shared_ptr<Exec> exec(new Exec(std::move(op), kind, channel, operation, std::move(argument)));
        // set anew for each EXEC: pvxs keeps the function of the one before
        std::weak_ptr<Exec> weak(exec);
        exec->op->onCancel([weak]() noexcept {
            if (auto exec = weak.lock())
                exec->cancel();
        });
        try {
            switch (kind) {
            case Kind::get:
                handler.get(exec);
                break;
            case Kind::put:
                handler.put(exec);
                break;
            case Kind::rpc:
                handler.rpc(exec);
                break;
            }
        } catch (...) {
            exec->error(aiopvxs::server::what(std::current_exception()));
        }
    } catch (...) {
        // out of memory while setting up; if an Exec was made, its destructor has answered
        if (op) {
            try {
                op->error("The server has no memory for this request");
            } catch (...) {
                return; // nor for the answer
            }
        }
    }
}

template <typename Function>
bool Exec::answer(Function &&function) noexcept
{
    if (forked::is_child() || is_answered.exchange(true))
        return false;
    bool sent = true;
    try {
        function();
    } catch (std::exception &) {
        // the server's worker has stopped: there is no client left to answer
        sent = false;
    }
    if (is_handed_over)
        executor->answered(serial_number);
    return sent;
}

// pvxs tells of it on the worker only while the operation has not been answered.
void Exec::cancel() noexcept
{
    is_withdrawn = true;
    if (is_answered.exchange(true))
        return;
    is_cancelled = true;
    if (is_handed_over) {
        executor->answered(serial_number);
        executor->tell(Executor::Notice::left, serial_number);
    }
}

void Exec::limit(double seconds)
{
    std::weak_ptr<Exec> weak(shared_from_this());
    timer = op->timerOneShot(seconds, [weak, seconds]() noexcept {
        if (auto exec = weak.lock())
            exec->expire(seconds);
    });
}

void Exec::expire(double seconds) noexcept
{
    if (error("PV \"" + name() + "\" has not answered within " + plain(seconds) + " s") && is_handed_over)
        executor->tell(Executor::Notice::expired, serial_number);
}

void Exec::log(bool warning, const std::string &text) noexcept
{
    try {
        if (!is_cancelled && !forked::is_child())
            op->logRemote(warning ? pvxs::Level::Warn : pvxs::Level::Info, text);
    } catch (std::exception &) {
        // the server's worker has stopped: there is no client left to tell
    }
}

bool Exec::reply() noexcept
{
    return answer([this]() { op->reply(); });
}

bool Exec::reply(const pvxs::Value &value) noexcept
{
    return answer([this, &value]() { op->reply(value); });
}

bool Exec::reply_later(const pvxs::Value &value) noexcept
{
    return answer([this, &value]() {
        try {
            executor->hold(shared_from_this(), value);
        } catch (std::exception &) {
            send(value); // no memory to keep it
        }
    });
}

void Exec::send(const pvxs::Value &value) noexcept
{
    try {
        if (!is_withdrawn && !forked::is_child())
            op->reply(value);
    } catch (std::exception &) {
        // the server's worker has stopped: there is no client left to answer
    }
}

bool Exec::error(const std::string &message) noexcept
{
    return answer([this, &message]() { op->error(message); });
}

} // namespace aiopvxs::server
