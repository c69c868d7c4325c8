// A search for servers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <pvxs/client.h>

#include "queue/completion_queue.h"

namespace aiopvxs
{

// A server was found, or is no longer there.
class Found final : public Completion
{
public:
    explicit Found(pvxs::client::Discovered of) : event(std::move(of)) {}
    py::object to_python() override;

    pvxs::client::Discovered event;
};

// On a pvxs Context of its own, since one tells of each server once.
class Discovery
{
public:
    // Waits for pvxs's UDP worker: call without the GIL.
    Discovery(const pvxs::client::Config &config, bool ping, std::shared_ptr<CompletionQueue> to,
              std::uint64_t with_token);
    ~Discovery() { close(); }
    Discovery(const Discovery &) = delete;
    Discovery &operator=(const Discovery &) = delete;

    // End it, on the reaper's thread; something may be told of until then.
    void close() noexcept;
    // End it and tell so: with Closed.
    void fail();

private:
    const std::shared_ptr<CompletionQueue> queue;
    const std::uint64_t token;
    std::mutex mutex;
    pvxs::client::Context context;
    std::shared_ptr<pvxs::client::Operation> operation;
};

} // namespace aiopvxs
