#include "server/settings.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <sstream>
#include <stdexcept>

#include <pvxs/server.h>

namespace aiopvxs::server
{

namespace
{

[[noreturn]] void refuse(const std::string &key, const std::string &text, const std::string &why)
{
    throw std::invalid_argument(key + " is \"" + text + "\": " + why);
}

std::string trimmed(const std::string &text)
{
    const char *blank = " \t\r\n";
    auto first = text.find_first_not_of(blank);
    if (first == std::string::npos)
        return std::string();
    return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

// One address in pvxs's own normal form. Of all lists pvxs throws for a bad entry only in this one and
// that of ignored addresses; the others it logs and drops.
std::vector<std::string> normalised(const std::string &address, std::uint16_t default_port)
{
    pvxs::server::Config scratch;
    scratch.tcp_port = default_port;
    scratch.applyDefs({{"EPICS_PVAS_INTF_ADDR_LIST", address}});
    return scratch.interfaces;
}

// Without the port's text a pvxs parser would wrap, or stop at, the port is checked here.
void check_port(const std::string &key, const std::string &text, const std::string &address)
{
    std::string plain = address.substr(0, address.find_first_of(",@"));
    auto bracket = plain.rfind(']');
    auto colon = plain.rfind(':');
    if (colon == std::string::npos || (bracket != std::string::npos && colon < bracket))
        return;
    if (bracket == std::string::npos && plain.find(':') != colon)
        return; // an IPv6 address without brackets has no port
    try {
        parse_port(key, plain.substr(colon + 1));
    } catch (std::invalid_argument &) {
        refuse(key, text, "\"" + address + "\" has no port number from 0 to 65535 after the colon");
    }
}

} // namespace

std::uint16_t parse_port(const std::string &key, const std::string &text)
{
    std::string digits = trimmed(text);
    bool number = !digits.empty() && digits.size() <= 5 &&
                  std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return std::isdigit(c); });
    unsigned long port = number ? std::stoul(digits) : 0;
    if (!number || port > 65535)
        refuse(key, text, "a port is a number from 0 to 65535");
    return static_cast<std::uint16_t>(port);
}

bool parse_bool(const std::string &key, const std::string &text)
{
    std::string word = trimmed(text);
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (word == "YES" || word == "1")
        return true;
    if (word == "NO" || word == "0")
        return false;
    refuse(key, text, "it must be YES or NO");
}

double parse_seconds(const std::string &key, const std::string &text)
{
    std::string number = trimmed(text);
    std::istringstream stream(number);
    stream.imbue(std::locale::classic());
    double seconds = 0.0;
    stream >> seconds;
    if (number.empty() || stream.fail() || !stream.eof() || !std::isfinite(seconds) || seconds <= 0.0)
        refuse(key, text, "it must be a time in seconds, greater than 0");
    return seconds;
}

std::vector<std::string> parse_addresses(const std::string &key, const std::string &text,
                                         std::uint16_t default_port)
{
    std::vector<std::string> result;
    std::istringstream words(text);
    std::string address;
    while (words >> address) {
        check_port(key, text, address);
        try {
            for (std::string &normal : normalised(address, default_port)) {
                if (std::find(result.begin(), result.end(), normal) == result.end())
                    result.push_back(std::move(normal));
            }
        } catch (std::exception &) {
            refuse(key, text, "\"" + address + "\" is not an address, nor a host name that can be resolved");
        }
    }
    return result;
}

std::string host_of(const std::string &address)
{
    std::string plain = address.substr(0, address.find_first_of(",@"));
    auto bracket = plain.rfind(']');
    if (!plain.empty() && plain.front() == '[' && bracket != std::string::npos)
        return plain.substr(1, bracket - 1);
    return plain.substr(0, plain.find(':'));
}

std::uint16_t port_of(const std::string &address)
{
    std::string plain = address.substr(0, address.find_first_of(",@"));
    auto colon = plain.rfind(':');
    auto bracket = plain.rfind(']');
    if (colon == std::string::npos || (bracket != std::string::npos && colon < bracket))
        return 0;
    return static_cast<std::uint16_t>(std::stoul(plain.substr(colon + 1)));
}

bool is_multicast(const std::string &address)
{
    std::string host = host_of(address);
    if (host.find(':') != std::string::npos) // IPv6: ff00::/8
        return host.size() > 1 && std::tolower(host[0]) == 'f' && std::tolower(host[1]) == 'f';
    unsigned long first = host.empty() || !std::isdigit(static_cast<unsigned char>(host[0]))
                              ? 0
                              : std::stoul(host.substr(0, host.find('.')));
    return first >= 224 && first <= 239; // IPv4: 224.0.0.0/4
}

bool is_wildcard(const std::string &address)
{
    std::string host = host_of(address);
    return host == "0.0.0.0" || host == "::";
}

} // namespace aiopvxs::server
