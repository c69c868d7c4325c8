// Puts to the union field `value` of a PV, by a client that a binding would not let do it. One command per
// line: "number N", "text T", "null"; after each it prints the PV's value as JSON. "burst N": puts a long
// text and null in turn, N times each, while a subscriber does not read; prints the value that it has in the
// end.
//
//   unions NAME

#define PVXS_ENABLE_EXPERT_API

#include <iostream>
#include <sstream>

#include <epicsEvent.h>
#include <pvxs/client.h>

#include "json.h"

namespace
{

pvxs::Value built(const pvxs::Value &prototype, const std::string &line)
{
    auto value = prototype.cloneEmpty();
    std::istringstream words(line);
    std::string verb, text;
    words >> verb >> text;
    if (verb == "null") {
        value["value"].from(pvxs::unselect);
        value["value"].mark();
    } else {
        value["value->" + verb].from(text);
    }
    return value;
}

void start(pvxs::client::Context &context, const std::string &name, const std::string &line)
{
    context.put(name)
        .fetchPresent(false)
        .build([line](pvxs::Value &&prototype) { return built(prototype, line); })
        .exec()
        ->wait(10.0);
}

std::string burst(pvxs::client::Context &context, const std::string &name, int count)
{
    epicsEvent first, gate, last;
    pvxs::Value update;
    auto reader = pvxs::client::Context::fromEnv();
    auto subscription = reader.monitor(name)
                            .event([&](pvxs::client::Subscription &ready) {
                                if (update)
                                    gate.wait(); // its worker reads nothing more from the server
                                while (auto value = ready.pop())
                                    update = value;
                                first.signal();
                                gate.signal();
                                if (update["other"].as<int>() == 1)
                                    last.signal();
                            })
                            .exec();
    if (!first.wait(10.0))
        throw pvxs::client::Timeout();
    gate.tryWait();
    for (int i = 0; i < count; i++) {
        start(context, name, "text " + std::string(1000000, 'x'));
        start(context, name, "null");
    }
    context.put(name).set("other", 1).exec()->wait(10.0);
    gate.signal();
    if (!last.wait(10.0))
        throw pvxs::client::Timeout();
    subscription->cancel();
    return peers::to_json(update["value"], false);
}

std::string put(pvxs::client::Context &context, const std::string &name, const std::string &line)
{
    start(context, name, line);
    auto value = context.get(name).exec()->wait(10.0);
    return peers::to_json(value["value"], false);
}

} // namespace

int main(int argc, char *argv[])
{
    if (argc != 2)
        return 2;
    auto context = pvxs::client::Context::fromEnv();
    std::cout << "{\"event\":\"ready\"}" << std::endl;
    std::string line;
    while (std::getline(std::cin, line)) {
        try {
            const bool many = line.rfind("burst ", 0) == 0;
            const auto value =
                many ? burst(context, argv[1], std::stoi(line.substr(6))) : put(context, argv[1], line);
            std::cout << peers::Object().raw("value", value).str() << std::endl;
        } catch (std::exception &caught) {
            std::cout << peers::Object().text("error", caught.what()).str() << std::endl;
        }
    }
    return 0;
}
