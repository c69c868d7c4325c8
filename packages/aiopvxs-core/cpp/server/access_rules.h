// An access security file, judged by EPICS's own asLib.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aiopvxs::server
{

// asLib has one set of rules for the whole process. Each object here is one of its own: asLib is given it
// again when another was in use meanwhile. All of this waits for asLib and, for the names of hosts, perhaps
// for DNS: call without the GIL, and not on an event loop's thread.
class AccessRules
{
public:
    enum class Right { none, read, write };
    struct Judgement {
        Right right = Right::none;
        bool trapped = false; // a rule with TRAPWRITE has given it
    };
    using Macros = std::vector<std::pair<std::string, std::string>>;

    // Throws std::invalid_argument for rules that asLib does not take, with what it says; std::runtime_error
    // where asLib is missing, or is used by somebody else.
    AccessRules(const std::string &text, const Macros &macros);
    ~AccessRules();
    AccessRules(const AccessRules &) = delete;
    AccessRules &operator=(const AccessRules &) = delete;

    // What a client may that has all of these credentials.
    Judgement judge(const std::string &group, int level, const std::vector<std::string> &credentials,
                    const std::string &host) const;

private:
    void load() const;

    std::string text;
};

} // namespace aiopvxs::server
