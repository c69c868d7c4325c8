#include "server/exec.h"

#include "server/operation.h"
#include "server/what.h"

namespace aiopvxs::server
{

Exec::Exec(std::unique_ptr<pvxs::server::ExecOp> &&op, Kind kind, const std::shared_ptr<Operation> &operation,
           pvxs::Value &&argument)
    : argument(std::move(argument)), op(std::move(op)), what_for(kind), parent(operation)
{
}

Exec::~Exec() { error(dropped); }

void Exec::run(std::unique_ptr<pvxs::server::ExecOp> &&op, Kind kind,
               const std::shared_ptr<Operation> &operation, pvxs::Value &&argument, Handler &handler) noexcept
{
    try {
        std::shared_ptr<Exec> exec(new Exec(std::move(op), kind, operation, std::move(argument)));
        // set anew for each EXEC: pvxs keeps the function of the one before
        std::weak_ptr<Exec> weak(exec);
        exec->op->onCancel([weak]() noexcept {
            if (auto cancelled = weak.lock())
                cancelled->is_answered.store(true);
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
    if (is_answered.exchange(true))
        return false;
    try {
        function();
    } catch (std::exception &) {
        // the server's worker has stopped: there is no client left to answer
        return false;
    }
    return true;
}

bool Exec::reply() noexcept
{
    return answer([this]() { op->reply(); });
}

bool Exec::reply(const pvxs::Value &value) noexcept
{
    return answer([this, &value]() { op->reply(value); });
}

bool Exec::error(const std::string &message) noexcept
{
    return answer([this, &message]() { op->error(message); });
}

} // namespace aiopvxs::server
