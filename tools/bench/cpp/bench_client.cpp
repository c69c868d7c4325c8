// The reference client of the benchmark: pvxs operations as a user writes them, each built, executed and
// waited for. A line "VERB COUNT WIDTH" or "VERB COUNT NAME" on standard input is answered by one JSON line.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include <pvxs/client.h>

#include "lines.h"

namespace
{

using pvxs::client::Context;
using pvxs::client::Operation;

constexpr double timeout = 60.0;
constexpr size_t in_flight = 1000;

double cpu_seconds()
{
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval &time) { return time.tv_sec + time.tv_usec * 1e-6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string scalar(size_t index) { return "bench:scalar:" + std::to_string(index); }

using Operations = std::vector<std::shared_ptr<Operation>>;

void wait(const Operations &operations)
{
    for (const auto &each : operations)
        each->wait(timeout);
}

class Client
{
public:
    // Time `count` operations.
    peers::Object run(const std::string &verb, size_t count, const std::string &argument)
    {
        const auto found = verbs().find(verb);
        if (found == verbs().end())
            throw std::invalid_argument("no measurement is called \"" + verb + "\"");
        const auto cpu = cpu_seconds();
        const auto start = std::chrono::steady_clock::now();
        (this->*found->second)(count, argument);
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        return peers::Object()
            .raw("seconds", peers::number(elapsed.count()))
            .raw("cpu", peers::number(cpu_seconds() - cpu));
    }

private:
    using Verb = void (Client::*)(size_t, const std::string &);

    static const std::map<std::string, Verb> &verbs()
    {
        static const std::map<std::string, Verb> table = {
            {"get_one_by_one", &Client::get_one_by_one},
            {"get_at_once", &Client::get_at_once},
            {"get_cold", &Client::get_cold},
            {"get_in_flight", &Client::get_in_flight},
            {"put_one_by_one", &Client::put_one_by_one},
            {"put_at_once", &Client::put_at_once},
        };
        return table;
    }

    void get_one_by_one(size_t count, const std::string &name)
    {
        for (size_t i = 0; i < count; i++)
            context.get(name).exec()->wait(timeout);
    }

    void put_one_by_one(size_t count, const std::string &name)
    {
        for (size_t i = 0; i < count; i++)
            context.put(name).set("value", static_cast<double>(i)).exec()->wait(timeout);
    }

    // Operations are spread over `width` PVs and all are in flight together.
    void get_at_once(size_t count, const std::string &width)
    {
        const auto names = std::stoul(width);
        Operations operations;
        for (size_t i = 0; i < count; i++)
            operations.push_back(context.get(scalar(i % names)).exec());
        wait(operations);
    }

    // As many operations as `in_flight` are under way all the time: the oldest is waited for, then another
    // begins.
    void get_in_flight(size_t count, const std::string &width)
    {
        const auto names = std::stoul(width);
        Operations operations(std::min(count, in_flight));
        for (size_t i = 0; i < count; i++) {
            auto &oldest = operations[i % operations.size()];
            if (oldest)
                oldest->wait(timeout);
            oldest = context.get(scalar(i % names)).exec();
        }
        wait(operations);
    }

    void put_at_once(size_t count, const std::string &width)
    {
        const auto names = std::stoul(width);
        Operations operations;
        for (size_t i = 0; i < count; i++)
            operations.push_back(context.put(scalar(i % names)).set("value", static_cast<double>(i)).exec());
        wait(operations);
    }

    // A new Context connects to and reads that many PVs; its end is part of it.
    void get_cold(size_t count, const std::string &)
    {
        auto fresh = Context::fromEnv();
        Operations operations;
        for (size_t i = 0; i < count; i++)
            operations.push_back(fresh.get(scalar(i)).exec());
        wait(operations);
    }

    Context context{Context::fromEnv()};
};

} // namespace

int main()
{
    Client client;
    peers::output().event("ready", peers::Object());
    for (std::string line; std::getline(std::cin, line);) {
        try {
            const auto words = peers::split_words(line);
            peers::output().event("done", client.run(words.at(0), std::stoul(words.at(1)), words.at(2)));
        } catch (std::exception &caught) {
            peers::output().event("failed", peers::Object().text("error", caught.what()));
        }
    }
    return 0;
}
