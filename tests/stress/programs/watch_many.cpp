// A client that monitors PVs load:0, load:1 … and keeps putting to load:put and calling load:rpc, one after
// the other. Answers each line of standard input with what it has seen, as one JSON line:
//
//   {"updates":…,"valued":…,"lost":…,"puts":…,"calls":…,"errors":[…],"values":[…]}
//
// values: the last one of each PV, in the order of the names. Ends with its standard input.
//
//   watch_many FIRST COUNT COMMON: load:FIRST and COUNT - 1 more, and load:0 to load:COMMON - 1

#define PVXS_ENABLE_EXPERT_API

#include <atomic>
#include <chrono>
#include <iostream>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <pvxs/client.h>
#include <pvxs/log.h>

#include "json.h"

namespace
{

constexpr double patience = 120.0;

struct Seen {
    std::mutex mutex;
    std::vector<int> values;
    std::size_t updates = 0, lost = 0;
    std::atomic<unsigned> puts{0}, calls{0};
    std::set<std::string> errors;

    void failed(const std::string &text)
    {
        std::lock_guard<std::mutex> guard(mutex);
        errors.insert(text);
    }

    void take(std::size_t index, pvxs::client::Subscription &subscription)
    {
        while (true) {
            try {
                auto update = subscription.pop();
                if (!update)
                    return;
                std::lock_guard<std::mutex> guard(mutex);
                values[index] = update["value"].as<int>();
                updates++;
            } catch (pvxs::client::Disconnect &) {
                std::lock_guard<std::mutex> guard(mutex);
                lost++;
            } catch (std::exception &caught) {
                failed(caught.what());
                return;
            }
        }
    }

    std::string json()
    {
        std::lock_guard<std::mutex> guard(mutex);
        std::string texts, numbers;
        std::size_t valued = 0;
        for (const auto &text : errors)
            texts += (texts.empty() ? "" : ",") + peers::quoted(text);
        for (const int value : values) {
            valued += value >= 0;
            numbers += (numbers.empty() ? "" : ",") + std::to_string(value);
        }
        return peers::Object()
            .count("updates", updates)
            .count("valued", valued)
            .count("lost", lost)
            .count("puts", puts)
            .count("calls", calls)
            .raw("errors", "[" + texts + "]")
            .raw("values", "[" + numbers + "]")
            .str();
    }
};

void ask(Seen &seen, pvxs::client::Context context, const std::atomic<bool> &stop)
{
    while (!stop) {
        try {
            context.put("load:put").set("value", static_cast<int>(seen.puts)).exec()->wait(patience);
            seen.puts++;
            context.rpc("load:rpc").arg("a", 1.5).exec()->wait(patience);
            seen.calls++;
        } catch (std::exception &caught) {
            seen.failed(caught.what());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

std::vector<std::string> names(int first, int count, int common)
{
    std::vector<std::string> result;
    for (int i = 0; i < common; i++)
        result.push_back("load:" + std::to_string(i));
    for (int i = first; i < first + count; i++)
        result.push_back("load:" + std::to_string(i));
    return result;
}

} // namespace

int main(int argc, char *argv[])
{
    if (argc != 4)
        return 2;
    pvxs::logger_config_env();
    const auto wanted = names(std::stoi(argv[1]), std::stoi(argv[2]), std::stoi(argv[3]));
    Seen seen;
    seen.values.assign(wanted.size(), -1);
    auto context = pvxs::client::Context::fromEnv();
    std::vector<std::shared_ptr<pvxs::client::Subscription>> subscriptions;
    for (std::size_t i = 0; i < wanted.size(); i++) {
        auto take = [&seen, i](pvxs::client::Subscription &subscription) { seen.take(i, subscription); };
        subscriptions.push_back(context.monitor(wanted[i]).event(std::move(take)).exec());
    }
    std::atomic<bool> stop{false};
    std::thread asking([&]() { ask(seen, context, stop); });
    std::cout << "{\"event\":\"ready\"}" << std::endl;
    for (std::string line; std::getline(std::cin, line);)
        std::cout << seen.json() << std::endl;
    stop = true;
    asking.join();
    subscriptions.clear(); // before what their functions write to
    context.close();
    return 0;
}
