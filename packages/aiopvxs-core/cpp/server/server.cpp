#include "server/server.h"

#include <algorithm>
#include <chrono>
#include <system_error>

#include "queue/reaper.h"
#include "server/settings.h"

namespace aiopvxs::server
{

namespace
{

void release(pvxs::server::Server &handle)
{
    reaper::submit([last = std::move(handle)]() noexcept {});
}

// A list of addresses, each once.
class Words
{
public:
    void add(const std::string &word)
    {
        if (std::find(words.begin(), words.end(), word) == words.end())
            words.push_back(word);
    }
    std::string joined() const
    {
        std::string text;
        for (const std::string &word : words)
            text += (text.empty() ? "" : " ") + word;
        return text;
    }

private:
    std::vector<std::string> words;
};

} // namespace

Server::Server(const Config &config) : handle(config.pvxs())
{
    const std::uint16_t wanted = config.required_port();
    if (wanted != 0 && handle.config().tcp_port != wanted) {
        release(handle);
        throw std::system_error(std::make_error_code(std::errc::address_in_use),
                                "TCP port " + std::to_string(wanted) + " cannot be bound");
    }
}

Server::~Server() { release(handle); }

void Server::start()
{
    std::unique_lock<std::mutex> lock(state->mutex);
    state->changed.wait(lock, [this]() { return state->stopping == 0; });
    state->started = true;
    handle.start(); // waits for the worker, which never takes this mutex
}

void Server::stop()
{
    std::lock_guard<std::mutex> guard(state->mutex);
    if (!state->started)
        return;
    reaper::submit([server = handle, state = this->state]() mutable noexcept {
        try {
            server.stop();
        } catch (std::exception &) {
            // its worker has ended already, and with it every connection
        }
        std::lock_guard<std::mutex> guard(state->mutex);
        --state->stopping;
        state->changed.notify_all();
    });
    state->started = false;
    ++state->stopping;
}

bool Server::wait_stopped(double seconds) const
{
    auto stopped = [this]() { return state->stopping == 0; };
    std::unique_lock<std::mutex> lock(state->mutex);
    if (seconds < 0.0) {
        state->changed.wait(lock, stopped);
        return true;
    }
    return state->changed.wait_for(lock, std::chrono::duration<double>(seconds), stopped);
}

bool Server::running() const
{
    std::lock_guard<std::mutex> guard(state->mutex);
    return state->started;
}

Config Server::config() const { return Config(handle.config()); }

// The unicast addresses are among those to search at even where beacons go elsewhere, for a client must
// find this server by them alone.
Settings Server::client_settings() const
{
    const pvxs::server::Config &effective = handle.config();
    Words addresses, interfaces;
    for (const std::string &address : effective.beaconDestinations)
        addresses.add(address);
    for (const std::string &interface : effective.interfaces) {
        if (is_multicast(interface)) {
            addresses.add(interface);
        } else if (is_wildcard(interface)) {
            addresses.add("127.0.0.1");
        } else {
            std::string host = host_of(interface);
            if (host.find(':') != std::string::npos)
                host = "[" + host + "]";
            interfaces.add(host);
            addresses.add(host);
        }
    }
    return {{"EPICS_PVA_ADDR_LIST", addresses.joined()},
            {"EPICS_PVA_AUTO_ADDR_LIST", "NO"},
            {"EPICS_PVA_INTF_ADDR_LIST", interfaces.joined()},
            {"EPICS_PVA_NAME_SERVERS", ""},
            {"EPICS_PVA_BROADCAST_PORT", std::to_string(effective.udp_port)},
            {"EPICS_PVA_SERVER_PORT", std::to_string(effective.tcp_port)}};
}

bool Server::add_source(const std::string &name, const std::shared_ptr<Source> &source, int order)
{
    try {
        handle.addSource(name, source, order);
    } catch (std::runtime_error &) {
        return false; // pvxs throws this one only for a name and order that are taken
    }
    return true;
}

bool Server::remove_source(const std::string &name, int order)
{
    return handle.removeSource(name, order) != nullptr;
}

std::vector<std::pair<std::string, int>> Server::list_sources() const
{
    return pvxs::server::Server(handle).listSource();
}

void Server::announce()
{
    // a removal counts as a change of the server's PVs, even if there was nothing to remove
    handle.removeSource("aiopvxs:nothing");
}

} // namespace aiopvxs::server
