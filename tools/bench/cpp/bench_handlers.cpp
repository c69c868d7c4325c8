// The reference server of what a server's own code costs: PVXS's SharedPV with handlers in C++.
//
// bench:scalar:0 to bench:scalar:99 have handlers for puts and RPCs, bench:alone, bench:watched and
// bench:array are posted. Prints the client's configuration as one JSON line; ends with its standard input. A
// line "VERB COUNT ARGUMENT" there is answered by one:
//
//   post COUNT NAME | post_array COUNT LENGTH | open COUNT -

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <pvxs/client.h>
#include <pvxs/nt.h>
#include <pvxs/server.h>
#include <pvxs/sharedpv.h>

#include "lines.h"

namespace
{

using pvxs::TypeCode;
using pvxs::Value;
using pvxs::nt::NTScalar;
using pvxs::server::ExecOp;
using pvxs::server::SharedPV;

double resident_bytes()
{
    std::ifstream file("/proc/self/statm");
    double total = 0.0, resident = 0.0;
    file >> total >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

Value scalar(double number)
{
    auto value = NTScalar{TypeCode::Float64}.create();
    value["value"] = number;
    return value;
}

class Handlers
{
public:
    explicit Handlers(pvxs::server::Server &server) : server(server)
    {
        for (size_t i = 0; i < 100u; i++)
            serve("bench:scalar:" + std::to_string(i), handled());
        for (const auto name : {"bench:alone", "bench:watched"})
            serve(name, opened(SharedPV::buildReadonly(), scalar(0.0)));
        array = opened(SharedPV::buildReadonly(), NTScalar{TypeCode::Float64A}.create());
        serve("bench:array", array);
    }

    peers::Object run(const std::string &verb, size_t count, const std::string &argument)
    {
        const double memory = resident_bytes();
        const auto start = std::chrono::steady_clock::now();
        if (verb == "post")
            post(count, argument);
        else if (verb == "post_array")
            post_array(count, std::stoul(argument));
        else if (verb == "open")
            open(count);
        else
            throw std::invalid_argument("no measurement is called \"" + verb + "\"");
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        return peers::Object()
            .raw("seconds", peers::number(elapsed.count()))
            .raw("memory", peers::number(resident_bytes() - memory));
    }

private:
    static SharedPV opened(SharedPV pv, const Value &initial)
    {
        pv.open(initial);
        return pv;
    }

    static SharedPV handled()
    {
        auto pv = SharedPV::buildReadonly();
        pv.onPut([](SharedPV &pv, std::unique_ptr<ExecOp> &&op, Value &&value) {
            pv.post(value);
            op->reply();
        });
        pv.onRPC([](SharedPV &, std::unique_ptr<ExecOp> &&op, Value &&value) {
            op->reply(scalar(value["query.a"].as<double>()));
        });
        return opened(pv, scalar(0.0));
    }

    void serve(const std::string &name, const SharedPV &pv)
    {
        server.addPV(name, pv);
        pvs[name] = pv;
    }

    void post(size_t count, const std::string &name)
    {
        auto &pv = pvs.at(name);
        const auto empty = pv.fetch().cloneEmpty();
        for (size_t i = 0; i < count; i++) {
            auto update = empty.cloneEmpty();
            update["value"] = static_cast<double>(i);
            stamp(update);
            pv.post(update);
        }
    }

    // From a buffer that stays with the server's own code.
    void post_array(size_t count, size_t length)
    {
        items.resize(length, 1.5); // kept: to make it is not what is measured
        const auto empty = array.fetch().cloneEmpty();
        for (size_t i = 0; i < count; i++) {
            pvxs::shared_array<double> copy(length);
            std::copy(items.begin(), items.end(), copy.begin());
            auto update = empty.cloneEmpty();
            update["value"] = copy.freeze();
            stamp(update);
            array.post(update);
        }
    }

    void open(size_t count)
    {
        for (size_t i = 0; i < count; i++) {
            auto initial = scalar(static_cast<double>(i));
            stamp(initial);
            serve("bench:opened:" + std::to_string(i), opened(SharedPV::buildMailbox(), initial));
        }
    }

    static void stamp(Value &value)
    {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count();
        value["timeStamp.secondsPastEpoch"] = nanoseconds / 1000000000;
        value["timeStamp.nanoseconds"] = nanoseconds % 1000000000;
    }

    pvxs::server::Server &server;
    SharedPV array;
    std::vector<double> items; // what is posted to it
    std::map<std::string, SharedPV> pvs;
};

} // namespace

int main()
{
    auto server = pvxs::server::Config::isolated().build();
    Handlers handlers(server);
    server.start();

    pvxs::client::Config::defs_t definitions;
    server.clientConfig().updateDefs(definitions);
    peers::Object config;
    for (const auto &each : definitions)
        config.text(each.first, each.second);
    peers::output().event("ready", peers::Object().raw("config", config.str()));

    for (std::string line; std::getline(std::cin, line);) {
        try {
            const auto words = peers::split_words(line);
            peers::output().event("done", handlers.run(words.at(0), std::stoul(words.at(1)), words.at(2)));
        } catch (std::exception &caught) {
            peers::output().event("failed", peers::Object().text("error", caught.what()));
        }
    }
    server.stop();
    return 0;
}
