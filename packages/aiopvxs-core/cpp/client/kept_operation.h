// One pvxs operation that is initialised once and executed many times.
#pragma once

#include <cstdint>
#include <memory>

#include <pvxs/client.h>

#include "client/request.h"
#include "client/waiter.h"

namespace aiopvxs
{

class Channel;

// The pvxs side of a kept operation: makes it, executes it, and reports what pvxs calls to the Channel,
// which owns the state below and guards it by its mutex.
class KeptOperation : public std::enable_shared_from_this<KeptOperation>
{
public:
    enum class State {
        init, // waiting for INIT to be accepted, on this connection or the next
        idle, // may be executed
        exec, // EXEC was issued under the present serial
        dead, // released
    };
    enum class Exec { get, put, fetch };

    ~KeptOperation();

    // Start INIT. Call with the channel's mutex held. Throws what pvxs throws.
    static std::shared_ptr<KeptOperation> start(pvxs::client::Context &context,
                                                const std::shared_ptr<Channel> &channel, Waiter::Kind kind,
                                                std::shared_ptr<const Request> request);

    // Issue EXEC under a new serial. Call with the channel's mutex held, in state idle. What is returned
    // must outlive the mutex: pvxs may already have dropped its own reference (Afterwards::release).
    [[nodiscard]] std::shared_ptr<void> execute(Exec what, const pvxs::Value &value);

    // End it: give up the pvxs handle, which the caller releases without the mutex.
    [[nodiscard]] std::shared_ptr<void> kill();

    const Waiter::Kind kind;
    const std::shared_ptr<const Request> request;

    State state = State::init;
    Exec executing = Exec::get;            // meaningful in state exec
    std::uint64_t serial = 0;              // of the latest EXEC
    std::uint64_t link = 0;                // the connection on which INIT was accepted
    pvxs::Value prototype;                 // empty, of the type that INIT told
    std::vector<std::string> array_fields; // of the prototype: where large contents may be
    bool deep = false;                     // replies share mutable parts with pvxs
    std::size_t bytes = 0;                 // of the latest value, which pvxs keeps

private:
    friend class ExecToken;

    KeptOperation(const std::shared_ptr<Channel> &of, Waiter::Kind of_kind,
                  std::shared_ptr<const Request> with_request);

    const std::weak_ptr<Channel> channel;
    std::shared_ptr<pvxs::client::Operation> handle;
};

} // namespace aiopvxs
