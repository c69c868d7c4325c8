// An INFO, or a GET or PUT from its INIT to its end.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <pvxs/data.h>
#include <pvxs/source.h>

#include "server/handler.h"

namespace aiopvxs::server
{

class Operation
{
public:
    // On the worker, in onOp. What is returned is the handler's: when it drops the last reference without
    // having answered, the client gets an error.
    static std::shared_ptr<Operation> create(std::unique_ptr<pvxs::server::ConnectOp> &&setup,
                                             const std::shared_ptr<Channel> &channel,
                                             const std::shared_ptr<Handler> &handler);

    // Tell the client the type, by which its INFO or INIT is answered. `generation` says which opening
    // of the PV the type belongs to. Off the worker this may wait for it: hold no mutex. Once only.
    void connect(const pvxs::Value &prototype, std::uint64_t generation) noexcept;
    // Refuse the INFO or INIT.
    void error(const std::string &message) noexcept;

    // Valid once connected: an empty value of the type, of which every reply must be a cloneEmpty.
    const pvxs::Value &prototype() const { return type; }
    std::uint64_t generation() const { return opening; }
    Channel &channel() const { return *owner; }

private:
    Operation(std::unique_ptr<pvxs::server::ConnectOp> &&setup, const std::shared_ptr<Channel> &channel);
    void abandon() noexcept;

    std::unique_ptr<pvxs::server::ConnectOp> setup; // until it is answered
    const std::shared_ptr<Channel> owner;
    // written before pvxs learns the type, read only in an EXEC, which comes after
    pvxs::Value type;
    std::uint64_t opening = 0;
};

} // namespace aiopvxs::server
