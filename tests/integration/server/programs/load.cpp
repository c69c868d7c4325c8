// Clients that keep asking one PV until standard input ends: each get, put, info and monitor must be
// answered. Prints what happened as one JSON line; an operation without an answer counts as hung.
//
//   load NAME CLIENTS

#define PVXS_ENABLE_EXPERT_API

#include <atomic>
#include <iostream>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <epicsEvent.h>
#include <pvxs/client.h>

#include "json.h"

namespace
{

constexpr double patience = 30.0;

struct Tally {
    std::atomic<unsigned> gets{0}, puts{0}, infos{0}, updates{0}, hung{0};
    std::mutex mutex;
    std::set<std::string> errors;

    void failed(const std::string &text)
    {
        std::lock_guard<std::mutex> guard(mutex);
        errors.insert(text);
    }

    std::string json()
    {
        std::string texts;
        for (const auto &text : errors)
            texts += (texts.empty() ? "" : ",") + peers::quoted(text);
        return peers::Object()
            .count("gets", gets)
            .count("puts", puts)
            .count("infos", infos)
            .count("updates", updates)
            .count("hung", hung)
            .raw("errors", "[" + texts + "]")
            .str();
    }
};

void answered(Tally &tally, std::atomic<unsigned> &count, pvxs::client::Operation &operation)
{
    try {
        operation.wait(patience);
        count++;
    } catch (pvxs::client::Timeout &) {
        tally.hung++;
    } catch (std::exception &caught) {
        tally.failed(caught.what());
    }
}

void watch(Tally &tally, pvxs::client::Context &context, const std::string &name)
{
    epicsEvent awake;
    auto subscription =
        context.monitor(name).event([&awake](pvxs::client::Subscription &) { awake.signal(); }).exec();
    while (true) {
        try {
            if (subscription->pop()) {
                tally.updates++;
                return;
            }
            if (!awake.wait(patience)) {
                tally.hung++;
                return;
            }
        } catch (pvxs::client::Disconnect &) {
            continue; // closed in between: it comes back
        } catch (std::exception &caught) {
            tally.failed(caught.what());
            return;
        }
    }
}

void ask(Tally &tally, const std::string &name, const std::atomic<bool> &stop)
{
    auto context = pvxs::client::Context::fromEnv();
    while (!stop) {
        answered(tally, tally.gets, *context.get(name).exec());
        answered(tally, tally.puts, *context.put(name).set("value", 1).exec());
        answered(tally, tally.infos, *context.info(name).exec());
        watch(tally, context, name);
    }
}

} // namespace

int main(int argc, char *argv[])
{
    if (argc != 3)
        return 2;
    Tally tally;
    std::atomic<bool> stop{false};
    std::vector<std::thread> clients;
    for (int i = 0; i < std::stoi(argv[2]); i++)
        clients.emplace_back([&]() { ask(tally, argv[1], stop); });
    std::cout << "{\"event\":\"ready\"}" << std::endl;
    std::string line;
    while (std::getline(std::cin, line))
        std::cout << tally.json() << std::endl;
    stop = true;
    for (auto &client : clients)
        client.join();
    std::cout << tally.json() << std::endl;
    return 0;
}
