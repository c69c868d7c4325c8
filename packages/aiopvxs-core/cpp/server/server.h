// A running PVAccess server.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <pvxs/server.h>

#include "server/executor.h"
#include "server/source.h"

namespace aiopvxs::server
{

// EPICS_PVAS_* and EPICS_PVA_* settings by name.
using Settings = std::map<std::string, std::string>;

// Owns the pvxs Server. What waits for its worker on the way out, stopping and the release of the last
// handle, happens on the reaper's thread. Call everything without the GIL.
class Server
{
public:
    // Bind the sockets; settings that are not given have pvxs's defaults. Throws std::invalid_argument
    // for an address that pvxs refuses and std::system_error if the sockets cannot be bound. A TCP port
    // in use is no error to pvxs: settings() then has another.
    // `executor` runs the handlers of its PVs; null where they have none.
    explicit Server(const Settings &settings, std::shared_ptr<Executor> executor = nullptr);
    ~Server();
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;

    // Answer clients. Waits for a stop that is under way.
    void start();
    // Disconnect the clients and close nothing else: it may be started again. Operations in progress have
    // so many seconds, and are then answered with an error. Returns at once.
    void stop(double grace = 0.0);
    // Wait until every stop has finished; false after `seconds`, negative: wait for ever.
    bool wait_stopped(double seconds) const;
    bool running() const;

    // The effective settings, with the ports in use.
    Settings settings() const;

    // False if there is a source of that name and order.
    bool add_source(const std::string &name, const std::shared_ptr<Source> &source, int order);
    // False if there is none.
    bool remove_source(const std::string &name, int order);
    std::vector<std::pair<std::string, int>> list_sources() const;
    // The connections and their channels; those of ours have a ChannelUsage. Waits for the worker.
    pvxs::server::Report report() const;
    // Tell clients by the next beacon that PVs have been added: they search again at once.
    void announce();

private:
    // Shared with the jobs that stop, which may outlive this object.
    struct State {
        std::mutex mutex;
        std::condition_variable changed;
        bool started = false;
        unsigned stopping = 0;
    };

    pvxs::server::Server handle;
    const std::shared_ptr<Executor> executor;
    const std::shared_ptr<State> state = std::make_shared<State>();
};

} // namespace aiopvxs::server
