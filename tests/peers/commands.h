// The commands of the scripted server: each changes or tells something, or throws.
#pragma once

#include "lines.h"
#include "script.h"
#include "values.h"

namespace peers
{

class Commands
{
public:
    using Words = std::vector<std::string>;

    Commands(std::shared_ptr<Script> script, pvxs::server::Server server)
        : script(std::move(script)), server(std::move(server))
    {
    }

    // Run one command; what it tells becomes its reply.
    Object run(const std::string &verb, const Words &words)
    {
        const auto found = verbs().find(verb);
        if (found == verbs().end())
            throw std::invalid_argument("no command is called \"" + verb + "\"");
        if (words.size() < found->second.least)
            throw std::invalid_argument("the command \"" + verb + "\" wants more words");
        return (this->*found->second.method)(words);
    }

private:
    struct Verb {
        size_t least;
        Object (Commands::*method)(const Words &);
    };
    static const std::map<std::string, Verb> &verbs()
    {
        static const std::map<std::string, Verb> table = {
            {"add", {2, &Commands::add}},
            {"retype", {2, &Commands::retype}},
            {"set", {1, &Commands::set}},
            {"fill", {3, &Commands::fill_field}},
            {"value", {1, &Commands::value}},
            {"remove", {1, &Commands::remove}},
            {"on", {4, &Commands::on}},
            {"release", {2, &Commands::release}},
            {"post", {1, &Commands::post}},
            {"finish", {1, &Commands::finish}},
            {"close", {1, &Commands::close}},
            {"counts", {1, &Commands::counts}},
            {"channels", {1, &Commands::channels}},
            {"drop", {0, &Commands::drop}},
            {"stop", {0, &Commands::stop}},
            {"start", {0, &Commands::start}},
            {"sync", {0, &Commands::sync}},
        };
        return table;
    }

    static pvxs::Value initial(const Words &words)
    {
        auto value = build(words.at(1));
        for (size_t i = 2; i < words.size(); i++)
            assign(value, split_assignment(words[i]));
        return value;
    }

    // The PV's value with the fields of words[1…] replaced; served values are never edited in place.
    static pvxs::Value edited(const Pv &pv, const Words &words)
    {
        auto value = pv.value.clone();
        for (size_t i = 1; i < words.size(); i++)
            assign(value, split_assignment(words[i]));
        return value;
    }

    // add NAME TYPE [FIELD=TEXT …]
    Object add(const Words &words)
    {
        auto pv = std::make_shared<Pv>();
        pv->name = words[0];
        pv->value = initial(words);
        std::lock_guard<std::mutex> guard(script->mutex);
        if (!script->pvs.emplace(words[0], pv).second)
            throw std::invalid_argument("there is a PV \"" + words[0] + "\" already");
        return {};
    }

    // retype NAME TYPE [FIELD=TEXT …]: what is initialised from now on has the new type
    Object retype(const Words &words)
    {
        auto value = initial(words);
        std::lock_guard<std::mutex> guard(script->mutex);
        script->need(words[0])->value = value;
        return {};
    }

    // set NAME [FIELD=TEXT …]
    Object set(const Words &words)
    {
        std::lock_guard<std::mutex> guard(script->mutex);
        auto &pv = *script->need(words[0]);
        pv.value = edited(pv, words);
        return {};
    }

    // fill NAME FIELD LENGTH
    Object fill_field(const Words &words)
    {
        std::lock_guard<std::mutex> guard(script->mutex);
        auto &pv = *script->need(words[0]);
        auto value = pv.value.clone();
        fill(value, words[1], std::stoul(words[2]));
        pv.value = value;
        return {};
    }

    // value NAME
    Object value(const Words &words)
    {
        std::lock_guard<std::mutex> guard(script->mutex);
        return Object().raw("value", to_json(script->need(words[0])->value, false));
    }

    // remove NAME: no longer found, its channels closed
    Object remove(const Words &words)
    {
        close(words);
        std::lock_guard<std::mutex> guard(script->mutex);
        script->pvs.erase(words[0]);
        return {};
    }

    // on NAME OCCASION ACTION TIMES [TEXT]; TIMES 0: from now on
    Object on(const Words &words)
    {
        const Behaviour behaviour{action_of(words[2]), words.size() > 4 ? words[4] : ""};
        if (behaviour.action == Action::Refuse && behaviour.text.empty())
            throw std::invalid_argument("a refusal needs a text");
        const auto times = std::stoul(words[3]);
        std::lock_guard<std::mutex> guard(script->mutex);
        auto &plan = script->need(words[0])->plans[words[1]];
        if (times)
            plan.next(behaviour, times);
        else
            plan.always(behaviour);
        return {};
    }

    // release NAME OCCASION [ERROR]: answer all that is held there
    Object release(const Words &words)
    {
        std::list<Held> released;
        {
            std::lock_guard<std::mutex> guard(script->mutex);
            auto &held = script->need(words[0])->held;
            for (auto each = held.begin(); each != held.end();) {
                const auto next = std::next(each);
                if (each->occasion == words[1])
                    released.splice(released.end(), held, each);
                each = next;
            }
        }
        for (const auto &each : released)
            each.answer(words.size() > 2 ? words[2] : "");
        return Object().count("released", released.size());
    }

    // sync: its reply comes after the events of all that was answered before
    Object sync(const Words &) { return {}; }

    // post NAME [FIELD=TEXT …]: to all subscribers of the present type
    Object post(const Words &words)
    {
        std::lock_guard<std::mutex> guard(script->mutex);
        auto &pv = *script->need(words[0]);
        for (auto &each : pv.subscribers) {
            auto update = each.second.prototype.cloneEmpty();
            for (size_t i = 1; i < words.size(); i++)
                assign(update, split_assignment(words[i]));
            each.second.control->post(update);
        }
        pv.value = edited(pv, words);
        return Object().count("subscribers", pv.subscribers.size());
    }

    // finish NAME: the monitors' normal end
    Object finish(const Words &words)
    {
        std::lock_guard<std::mutex> guard(script->mutex);
        for (auto &each : script->need(words[0])->subscribers)
            each.second.control->finish();
        return {};
    }

    // close NAME: the server closes its channels
    Object close(const Words &words)
    {
        decltype(Pv::channels) channels;
        {
            std::lock_guard<std::mutex> guard(script->mutex);
            channels = script->need(words[0])->channels;
        }
        for (const auto &each : channels)
            each.second->close();
        return Object().count("closed", channels.size());
    }

    // counts NAME
    Object counts(const Words &words)
    {
        std::lock_guard<std::mutex> guard(script->mutex);
        Object counts;
        for (const auto &each : script->need(words[0])->counts)
            counts.count(each.first, each.second);
        return Object().raw("counts", counts.str());
    }

    // channels NAME: how many are open
    Object channels(const Words &words)
    {
        std::lock_guard<std::mutex> guard(script->mutex);
        return Object().count("channels", script->need(words[0])->channels.size());
    }

    Object drop(const Words &)
    {
        server.stop();
        server.start();
        return {};
    }
    Object stop(const Words &)
    {
        server.stop();
        return {};
    }
    Object start(const Words &)
    {
        server.start();
        return {};
    }

    const std::shared_ptr<Script> script;
    pvxs::server::Server server;
};

} // namespace peers
