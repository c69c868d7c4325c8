// One operation that Python waits for.
#pragma once

#include <cstdint>
#include <memory>

#include <pvxs/client.h>

#include "client/request.h"
#include "forked.h"
#include "queue/completion_queue.h"

namespace aiopvxs
{

class Channel;
class KeptOperation;

// Everything from `operation` down is guarded by the channel's mutex.
struct Waiter {
    enum class Kind { get, put, rpc, info };

    Waiter(Kind of_kind, std::shared_ptr<CompletionQueue> to, std::uint64_t with_token,
           std::shared_ptr<const Request> with_request)
        : kind(of_kind), queue(std::move(to)), token(with_token), request(std::move(with_request))
    {
    }

    ~Waiter() { forked::keep(call); }

    const Kind kind;
    const std::shared_ptr<CompletionQueue> queue;
    const std::uint64_t token;
    const std::shared_ptr<const Request> request; // none for an info
    // Before it is added: may wait for Session::flush(), to be sent together with those that follow (gets
    // of one PV then share an EXEC). Afterwards: it does wait for it.
    bool deferred = false;
    // put, rpc: its caller allows that it is executed again after the connection was lost.
    bool retry = false;
    std::weak_ptr<Channel> channel; // set once, before Python sees the waiter
    std::uint64_t first_link = 0;   // when it was added

    // The operation whose EXEC (get, put or fetch) this waits for.
    std::weak_ptr<KeptOperation> operation;
    bool done = false;
    // rpc, info: the pvxs operation, while it is under way.
    std::shared_ptr<pvxs::client::Operation> call;

    // put only. `link` numbers are those of Channel; 0: none.
    bool needs_present = false;   // the value is built from the present one, which is fetched first
    std::uint64_t asked_link = 0; // Python was asked for the value on this link
    std::uint64_t value_link = 0; // `value` was built on this link
    pvxs::Value value;            // also the argument of an rpc, until it is started
};

} // namespace aiopvxs
