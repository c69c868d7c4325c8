#include "server/config.h"

#include <array>
#include <cstdlib>

#include "server/settings.h"

namespace aiopvxs::server
{

namespace
{

constexpr const char *tcp_port_keys[] = {"EPICS_PVAS_SERVER_PORT", "EPICS_PVA_SERVER_PORT"};
constexpr const char *udp_port_keys[] = {"EPICS_PVAS_BROADCAST_PORT", "EPICS_PVA_BROADCAST_PORT"};
constexpr const char *interface_keys[] = {"EPICS_PVAS_INTF_ADDR_LIST"};
constexpr const char *ignore_keys[] = {"EPICS_PVAS_IGNORE_ADDR_LIST"};
constexpr const char *beacon_keys[] = {"EPICS_PVAS_BEACON_ADDR_LIST", "EPICS_PVA_ADDR_LIST"};
constexpr const char *auto_keys[] = {"EPICS_PVAS_AUTO_BEACON_ADDR_LIST", "EPICS_PVA_AUTO_ADDR_LIST"};
constexpr const char *timeout_keys[] = {"EPICS_PVA_CONN_TMO"};
// a client's only: a dict may hold the settings of both
constexpr const char *client_keys[] = {"EPICS_PVA_INTF_ADDR_LIST", "EPICS_PVA_NAME_SERVERS"};

template <typename Visitor>
void each_server_key(Visitor &&visit)
{
    for (auto key : tcp_port_keys)
        visit(key);
    for (auto key : udp_port_keys)
        visit(key);
    for (auto key : interface_keys)
        visit(key);
    for (auto key : ignore_keys)
        visit(key);
    for (auto key : beacon_keys)
        visit(key);
    for (auto key : auto_keys)
        visit(key);
    for (auto key : timeout_keys)
        visit(key);
}

struct Choice {
    std::string key, text;
    explicit operator bool() const { return !key.empty(); }
};

// The last layer with any of the keys decides, and in it the first of the keys.
template <std::size_t N>
Choice choose(const std::vector<Settings> &layers, const char *const (&keys)[N])
{
    for (auto layer = layers.rbegin(); layer != layers.rend(); ++layer) {
        for (const char *key : keys) {
            auto found = layer->find(key);
            if (found != layer->end())
                return Choice{found->first, found->second};
        }
    }
    return Choice{};
}

// pvxs keeps the time after which it drops a silent peer: 40 s for the usual 30 s.
constexpr double timeout_scale = 4.0 / 3.0;

} // namespace

Config Config::from_layers(const std::vector<Settings> &layers)
{
    Config result;
    pvxs::server::Config &values = result.values;
    if (auto choice = choose(layers, tcp_port_keys)) {
        values.tcp_port = parse_port(choice.key, choice.text);
        result.port_given = values.tcp_port != 0;
    }
    if (auto choice = choose(layers, udp_port_keys))
        values.udp_port = parse_port(choice.key, choice.text);
    if (auto choice = choose(layers, interface_keys))
        values.interfaces = parse_addresses(choice.key, choice.text, values.tcp_port);
    if (auto choice = choose(layers, ignore_keys))
        values.ignoreAddrs = parse_addresses(choice.key, choice.text, 0);
    if (auto choice = choose(layers, beacon_keys))
        values.beaconDestinations = parse_addresses(choice.key, choice.text, values.udp_port);
    if (auto choice = choose(layers, auto_keys))
        values.auto_beacon = parse_bool(choice.key, choice.text);
    if (auto choice = choose(layers, timeout_keys))
        values.tcpTimeout = parse_seconds(choice.key, choice.text) * timeout_scale;
    return result;
}

Config Config::isolated(bool ipv6)
{
    return Config(pvxs::server::Config::isolated(ipv6 ? AF_INET6 : AF_INET));
}

Settings Config::environment()
{
    Settings result;
    each_server_key([&result](const char *key) {
        const char *text = std::getenv(key);
        if (text && *text) // by EPICS's custom an empty variable is one that is not set
            result[key] = text;
    });
    return result;
}

bool Config::is_key(const std::string &name)
{
    bool found = false;
    auto compare = [&found, &name](const char *key) { found = found || name == key; };
    each_server_key(compare);
    for (auto key : client_keys)
        compare(key);
    return found;
}

Settings Config::settings() const
{
    Settings result;
    values.updateDefs(result);
    for (auto entry = result.begin(); entry != result.end();) {
        // pvxs gives the client's names as well
        bool server = entry->first.rfind("EPICS_PVAS_", 0) == 0 || entry->first == timeout_keys[0];
        entry = server ? std::next(entry) : result.erase(entry);
    }
    return result;
}

double Config::timeout() const { return values.tcpTimeout / timeout_scale; }

std::uint16_t Config::required_port() const
{
    // pvxs binds the first unicast interface first, and reports its port
    for (const std::string &interface : values.interfaces) {
        if (is_multicast(interface))
            continue;
        std::uint16_t port = is_wildcard(interface) ? 0 : port_of(interface);
        if (port != 0 && port != values.tcp_port)
            return port;
        break;
    }
    return port_given ? values.tcp_port : 0;
}

} // namespace aiopvxs::server
