// The texts of EPICS settings: parsed strictly, each error a std::invalid_argument that names the key.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace aiopvxs::server
{

std::uint16_t parse_port(const std::string &key, const std::string &text);
bool parse_bool(const std::string &key, const std::string &text);
double parse_seconds(const std::string &key, const std::string &text);
// Addresses separated by white space: "host[:port][,ttl][@interface]". Host names are resolved, so this
// may block.
std::vector<std::string> parse_addresses(const std::string &key, const std::string &text,
                                         std::uint16_t default_port);

// Of addresses as parse_addresses gives them, and as pvxs prints them.
bool is_multicast(const std::string &address);
bool is_wildcard(const std::string &address);
std::uint16_t port_of(const std::string &address); // 0: none
std::string host_of(const std::string &address);   // without brackets

} // namespace aiopvxs::server
