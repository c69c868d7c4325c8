// A subscriber with flow control that takes updates when it is told to, one line of input for each time:
// "N" takes everything there is and comes, until value N. Prints what it took.
//
//   flow NAME QUEUE [REQUEST]
//
// REQUEST is a pvRequest without the options of flow control.

#define PVXS_ENABLE_EXPERT_API

#include <iostream>
#include <string>

#include <epicsEvent.h>
#include <pvxs/client.h>

#include "json.h"

namespace
{

// What it took until `last`, or until nothing came for long.
std::string take(pvxs::client::Subscription &subscription, epicsEvent &awake, int last)
{
    std::string seen;
    for (int value = last - 1; value != last;) {
        auto update = subscription.pop();
        if (!update) {
            if (!awake.wait(60.0))
                break;
            continue;
        }
        value = update["value"].as<int>();
        seen += (seen.empty() ? "" : ",") + std::to_string(value);
    }
    return seen;
}

} // namespace

int main(int argc, char *argv[])
{
    if (argc < 3)
        return 2;
    auto context = pvxs::client::Context::fromEnv();
    epicsEvent awake;
    auto builder = context.monitor(argv[1]);
    if (argc > 3)
        builder.pvRequest(argv[3]);
    auto subscription = builder.record("pipeline", true)
                            .record("queueSize", std::stoi(argv[2]))
                            .maskDisconnected(true)
                            .event([&awake](pvxs::client::Subscription &) { awake.signal(); })
                            .exec();
    std::cout << "{\"event\":\"ready\"}" << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        const std::string seen = take(*subscription, awake, std::stoi(line));
        std::cout << peers::Object().raw("seen", "[" + seen + "]").str() << std::endl;
    }
    return 0;
}
