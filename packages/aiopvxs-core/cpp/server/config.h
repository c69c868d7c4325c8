// The configuration of a server, from EPICS_PVAS_* and EPICS_PVA_* settings.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <pvxs/server.h>

namespace aiopvxs::server
{

// Settings by their environment variable's name.
using Settings = std::map<std::string, std::string>;

// Strict where pvxs only logs: what cannot be parsed is a std::invalid_argument that names the key.
class Config
{
public:
    Config() = default; // pvxs's defaults
    // What a running server has told.
    explicit Config(const pvxs::server::Config &effective) : values(effective) {}

    // Later layers win, key by key and lists too, over the defaults. Resolves host names, so it may
    // block: call it without the GIL.
    static Config from_layers(const std::vector<Settings> &layers);
    // Loopback only, on random ports, without beacons to others.
    static Config isolated(bool ipv6);
    // The settings that the environment has. Call it with the GIL, under which Python sets variables.
    static Settings environment();
    // True for every EPICS_PVA* key that a server or client knows.
    static bool is_key(const std::string &name);

    const pvxs::server::Config &pvxs() const { return values; }
    // As settings, EPICS_PVAS_* where there is such a key.
    Settings settings() const;
    // EPICS_PVA_CONN_TMO, which is three quarters of the time after which pvxs drops a silent peer.
    double timeout() const;

    // The TCP port that was asked for and so must be obtained; 0: any will do.
    std::uint16_t required_port() const;

private:
    pvxs::server::Config values;
    bool port_given = false;
};

} // namespace aiopvxs::server
