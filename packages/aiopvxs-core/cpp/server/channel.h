// One client's channel to one PV: connects the callbacks of pvxs with a Handler.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <pvxs/source.h>

#include "server/channel_usage.h"
#include "server/executor.h"
#include "server/handler.h"

namespace aiopvxs::server
{

class Channel : public std::enable_shared_from_this<Channel>
{
public:
    // Accept a channel for `handler`. On the worker, in onCreate.
    static std::shared_ptr<Channel> accept(std::unique_ptr<pvxs::server::ChannelControl> &&control,
                                           const void *source, const std::shared_ptr<Handler> &handler,
                                           const std::shared_ptr<Executor> &executor);

    // Close channels on the reaper's thread, for closing waits for the worker. Returns at once.
    static void close_all(std::vector<std::shared_ptr<Channel>> channels);

    const std::string &name() const { return control->name(); }
    const pvxs::server::ClientCredentials &client() const { return *control->credentials(); }
    const std::shared_ptr<const pvxs::server::ClientCredentials> &credentials() const
    {
        return control->credentials();
    }
    const void *source() const { return origin; }
    ChannelUsage &used() { return *usage; }
    // Where the server runs handlers; null if nowhere.
    const std::shared_ptr<Executor> &executor() const { return runs_handlers; }

    // Keep an operation that cannot be answered, because its channel is about to close, until it has
    // closed: the client sees a lost channel and asks again, not an error.
    void park(const std::shared_ptr<Exec> &exec);

private:
    Channel(std::unique_ptr<pvxs::server::ChannelControl> &&control, const void *source,
            const std::shared_ptr<Handler> &handler, const std::shared_ptr<Executor> &executor);

    void wire();
    void begin(std::unique_ptr<pvxs::server::ConnectOp> &&setup);
    void subscribe(std::unique_ptr<pvxs::server::MonitorSetupOp> &&setup);
    void ended() noexcept;

    const std::unique_ptr<pvxs::server::ChannelControl> control;
    const void *const origin; // identifies the Source, never followed
    const std::shared_ptr<Handler> handler;
    const std::shared_ptr<Executor> runs_handlers;
    const std::shared_ptr<ChannelUsage> usage = std::make_shared<ChannelUsage>();

    std::mutex mutex;
    std::vector<std::shared_ptr<Exec>> parked;
};

} // namespace aiopvxs::server
