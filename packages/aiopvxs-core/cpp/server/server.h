// A running PVAccess server.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <pvxs/server.h>

#include "server/config.h"
#include "server/source.h"

namespace aiopvxs::server
{

// Owns the pvxs Server. What waits for its worker on the way out, stopping and the release of the last
// handle, happens on the reaper's thread. Call everything without the GIL.
class Server
{
public:
    // Bind the sockets. Throws std::system_error if that fails, or if the port that the configuration
    // asks for was not free (pvxs takes another).
    explicit Server(const Config &config);
    ~Server();
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;

    // Answer clients. Waits for a stop that is under way.
    void start();
    // Disconnect the clients and close nothing else: it may be started again. Returns at once.
    void stop();
    // Wait until every stop has finished; false after `seconds`, negative: wait for ever.
    bool wait_stopped(double seconds) const;
    bool running() const;

    // The effective configuration, with the ports in use.
    Config config() const;
    // What a client needs to find this server, and no other.
    Settings client_settings() const;

    // False if there is a source of that name and order.
    bool add_source(const std::string &name, const std::shared_ptr<Source> &source, int order);
    // False if there is none.
    bool remove_source(const std::string &name, int order);
    std::vector<std::pair<std::string, int>> list_sources() const;
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
    const std::shared_ptr<State> state = std::make_shared<State>();
};

} // namespace aiopvxs::server
