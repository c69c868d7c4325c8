#include "server/operation.h"

#include "server/channel.h"
#include "server/exec.h"
#include "server/what.h"

namespace aiopvxs::server
{

Operation::Operation(std::unique_ptr<pvxs::server::ConnectOp> &&setup,
                     const std::shared_ptr<Channel> &channel)
    : setup(std::move(setup)), owner(channel)
{
}

std::shared_ptr<Operation> Operation::create(std::unique_ptr<pvxs::server::ConnectOp> &&setup,
                                             const std::shared_ptr<Channel> &channel,
                                             const std::shared_ptr<Handler> &handler)
{
    std::shared_ptr<Operation> self(new Operation(std::move(setup), channel));
    auto &op = *self->setup;
    op.onGet([self, handler](std::unique_ptr<pvxs::server::ExecOp> &&exec) noexcept {
        Exec::run(std::move(exec), Exec::Kind::get, self->owner, self, pvxs::Value(), *handler);
    });
    op.onPut([self, handler](std::unique_ptr<pvxs::server::ExecOp> &&exec, pvxs::Value &&value) noexcept {
        Exec::run(std::move(exec), Exec::Kind::put, self->owner, self, std::move(value), *handler);
    });
    op.onClose([self, handler](const std::string &) noexcept { handler->forget(self); });
    // the functions above keep the object; the setup goes with the handler's last reference
    return std::shared_ptr<Operation>(self.get(), [self](Operation *) noexcept { self->abandon(); });
}

void Operation::abandon() noexcept
{
    error(dropped);
    setup.reset();
}

void Operation::connect(const pvxs::Value &prototype, std::uint64_t generation) noexcept
{
    type = prototype;
    opening = generation;
    try {
        setup->connect(prototype);
    } catch (...) {
        error(what(std::current_exception())); // pvxs 1.4: the request selects no field
    }
    setup.reset();
}

void Operation::error(const std::string &message) noexcept
{
    try {
        if (setup)
            setup->error(message);
    } catch (std::exception &) {
        // the server's worker has stopped: there is no client left to answer
    }
}

} // namespace aiopvxs::server
