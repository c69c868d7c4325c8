// Subscribers of one PV with different queues. Each prints, once it has seen LAST, what it received.
//
//   watch NAME LAST QUEUE…

#define PVXS_ENABLE_EXPERT_API

#include <iostream>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <epicsEvent.h>
#include <pvxs/client.h>

#include "json.h"

namespace
{

std::mutex printing;

void print(const std::string &line)
{
    std::lock_guard<std::mutex> guard(printing);
    std::cout << line << std::endl;
}

void watch(pvxs::client::Context context, const std::string &name, int last, int queue)
{
    epicsEvent awake;
    auto subscription = context.monitor(name)
                            .record("queueSize", queue)
                            .maskDisconnected(true)
                            .event([&awake](pvxs::client::Subscription &) { awake.signal(); })
                            .exec();
    std::string seen;
    for (int value = -1; value != last;) {
        auto update = subscription->pop();
        if (!update) {
            if (!awake.wait(30.0))
                break;
            continue;
        }
        value = update["value"].as<int>();
        if (seen.empty())
            print("{\"event\":\"ready\"}");
        seen += (seen.empty() ? "" : ",") + std::to_string(value);
    }
    print(peers::Object().count("queue", static_cast<uint64_t>(queue)).raw("seen", "[" + seen + "]").str());
}

} // namespace

int main(int argc, char *argv[])
{
    if (argc < 4)
        return 2;
    auto context = pvxs::client::Context::fromEnv();
    std::vector<std::thread> watchers;
    for (int i = 3; i < argc; i++)
        watchers.emplace_back(
            [&context, argv, i]() { watch(context, argv[1], std::stoi(argv[2]), std::stoi(argv[i])); });
    for (auto &watcher : watchers)
        watcher.join();
    return 0;
}
