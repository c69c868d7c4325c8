// What a scripted PV does with each request, and what it saw.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>

#include <pvxs/source.h>

#include "json.h"

namespace peers
{

enum class Action {
    Answer, // now
    Hold,   // until "release"
    Never,  // keep the request, answer nothing
    Refuse, // with a text
    Drop,   // no answer: the TCP connections are dropped, the server stays
    Stop,   // no answer: the server stops until "start"
    Close,  // no answer: the server closes this channel
};

inline Action action_of(const std::string &name)
{
    static const std::map<std::string, Action> names = {
        {"answer", Action::Answer}, {"hold", Action::Hold}, {"never", Action::Never},
        {"refuse", Action::Refuse}, {"drop", Action::Drop}, {"stop", Action::Stop},
        {"close", Action::Close},
    };
    const auto found = names.find(name);
    if (found == names.end())
        throw std::invalid_argument("no action is called \"" + name + "\"");
    return found->second;
}

struct Behaviour {
    Action action = Action::Answer;
    std::string text;
};

// The next so many requests get the behaviours queued for them, all others the lasting one.
class Plan
{
public:
    void always(const Behaviour &behaviour)
    {
        queued.clear();
        lasting = behaviour;
    }
    void next(const Behaviour &behaviour, size_t times) { queued.insert(queued.end(), times, behaviour); }
    Behaviour take()
    {
        if (queued.empty())
            return lasting;
        const Behaviour first = queued.front();
        queued.pop_front();
        return first;
    }

private:
    Behaviour lasting;
    std::deque<Behaviour> queued;
};

// "search", "create", or a phase and a kind of operation: "init put", "exec get".
using Occasion = std::string;

// A request that waits for "release"; an empty error means the normal answer.
struct Held {
    uint64_t operation;
    Occasion occasion;
    std::function<void(const std::string &error)> answer;
};

struct Subscriber {
    pvxs::Value prototype;
    std::shared_ptr<pvxs::server::MonitorControlOp> control;
};

// A named PV. All members are guarded by the script's mutex.
struct Pv {
    std::string name;
    pvxs::Value value;
    std::map<Occasion, Plan> plans;
    std::map<std::string, uint64_t> counts;
    std::list<Held> held;
    std::map<uint64_t, std::shared_ptr<pvxs::server::ChannelControl>> channels;
    std::map<uint64_t, Subscriber> subscribers;
};

// The PVs of the process. Callbacks of pvxs and commands take the mutex, never around a call that waits for
// the server's worker.
class Script
{
public:
    std::mutex mutex;

    std::map<std::string, std::shared_ptr<Pv>> pvs;

    // Runs on the thread that reads the commands: what a worker cannot do to its own server.
    std::function<void(std::function<void()>)> elsewhere;
    std::function<void(Action)> interrupt;

    std::shared_ptr<Pv> find(const std::string &name)
    {
        const auto found = pvs.find(name);
        return found == pvs.end() ? nullptr : found->second;
    }
    std::shared_ptr<Pv> need(const std::string &name)
    {
        auto pv = find(name);
        if (!pv)
            throw std::invalid_argument("no PV is called \"" + name + "\"");
        return pv;
    }
    uint64_t next_id() { return ++last_id; }

private:
    uint64_t last_id = 0;
};

} // namespace peers
