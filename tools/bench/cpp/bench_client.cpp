// The reference client of the benchmark: pvxs operations as a user writes them, each built, executed and
// waited for. A line "VERB COUNT WIDTH" or "VERB COUNT NAME" on standard input is answered by one JSON line.

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <iostream>
#include <map>
#include <mutex>
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

double peak_bytes()
{
    rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss * 1024.0;
}

std::string scalar(size_t index) { return "bench:scalar:" + std::to_string(index); }

using Operations = std::vector<std::shared_ptr<Operation>>;

void wait(const Operations &operations)
{
    for (const auto &each : operations)
        each->wait(timeout);
}

// Counts updates from the moment on when each PV has given one.
class Counter
{
public:
    Counter(size_t of_pvs, size_t to) : missing(of_pvs), wanted(to) {}

    void first()
    {
        std::lock_guard<std::mutex> lock(mutex);
        if (--missing == 0u) {
            cpu = -cpu_seconds();
            begin = std::chrono::steady_clock::now();
        }
    }

    void updates(size_t count)
    {
        std::lock_guard<std::mutex> lock(mutex);
        if (missing != 0u || seen >= wanted)
            return;
        seen += count;
        if (seen >= wanted) {
            cpu += cpu_seconds();
            end = std::chrono::steady_clock::now();
            complete.notify_all();
        }
    }

    peers::Object wait()
    {
        std::unique_lock<std::mutex> lock(mutex);
        if (!complete.wait_for(lock, std::chrono::duration<double>(timeout),
                               [this]() { return seen >= wanted; }))
            throw std::runtime_error("too few updates came");
        const std::chrono::duration<double> elapsed = end - begin;
        return peers::Object()
            .raw("seconds", peers::number(elapsed.count()))
            .raw("cpu", peers::number(cpu))
            .raw("updates", peers::number(static_cast<double>(seen)));
    }

private:
    std::mutex mutex;
    std::condition_variable complete;
    size_t missing;
    const size_t wanted;
    size_t seen = 0u;
    double cpu = 0.0;
    std::chrono::steady_clock::time_point begin, end;
};

// One monitor, emptied in its callback.
struct Monitored {
    bool begun = false;
    std::shared_ptr<pvxs::client::Subscription> subscription;

    void take(pvxs::client::Subscription &from, Counter &counter)
    {
        size_t count = 0u;
        while (from.pop())
            count++;
        if (!begun && count > 0u) {
            begun = true;
            counter.first();
            return;
        }
        counter.updates(count);
    }
};

class Client
{
public:
    // Time `count` operations.
    peers::Object run(const std::string &verb, size_t count, const std::string &argument)
    {
        if (verb == "monitor")
            return monitor(count, argument);
        const auto found = verbs().find(verb);
        if (found == verbs().end())
            throw std::invalid_argument("no measurement is called \"" + verb + "\"");
        const auto cpu = cpu_seconds();
        const auto start = std::chrono::steady_clock::now();
        (this->*found->second)(count, argument);
        const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
        return peers::Object()
            .raw("seconds", peers::number(elapsed.count()))
            .raw("cpu", peers::number(cpu_seconds() - cpu))
            .raw("peak", peers::number(peak_bytes()));
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
            {"put_in_flight", &Client::put_in_flight},
            {"rpc_one_by_one", &Client::rpc_one_by_one},
            {"rpc_at_once", &Client::rpc_at_once},
            {"rpc_in_flight", &Client::rpc_in_flight},
            {"watch", &Client::watch},
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
    template <typename Begin>
    void keep_in_flight(size_t count, Begin &&begin)
    {
        Operations operations(std::min(count, in_flight));
        for (size_t i = 0; i < count; i++) {
            auto &oldest = operations[i % operations.size()];
            if (oldest)
                oldest->wait(timeout);
            oldest = begin(i);
        }
        wait(operations);
    }

    void get_in_flight(size_t count, const std::string &width)
    {
        const auto names = std::stoul(width);
        keep_in_flight(count, [&](size_t i) { return context.get(scalar(i % names)).exec(); });
    }

    void put_in_flight(size_t count, const std::string &width)
    {
        const auto names = std::stoul(width);
        keep_in_flight(count, [&](size_t i) {
            return context.put(scalar(i % names)).set("value", static_cast<double>(i)).exec();
        });
    }

    void rpc_in_flight(size_t count, const std::string &width)
    {
        const auto names = std::stoul(width);
        keep_in_flight(count, [&](size_t i) {
            return context.rpc(scalar(i % names)).arg("a", static_cast<double>(i)).exec();
        });
    }

    void put_at_once(size_t count, const std::string &width)
    {
        const auto names = std::stoul(width);
        Operations operations;
        for (size_t i = 0; i < count; i++)
            operations.push_back(context.put(scalar(i % names)).set("value", static_cast<double>(i)).exec());
        wait(operations);
    }

    void rpc_one_by_one(size_t count, const std::string &name)
    {
        for (size_t i = 0; i < count; i++)
            context.rpc(name).arg("a", static_cast<double>(i)).exec()->wait(timeout);
    }

    void rpc_at_once(size_t count, const std::string &width)
    {
        const auto names = std::stoul(width);
        Operations operations;
        for (size_t i = 0; i < count; i++)
            operations.push_back(context.rpc(scalar(i % names)).arg("a", static_cast<double>(i)).exec());
        wait(operations);
    }

    // Monitor from now on, `count` times.
    void watch(size_t count, const std::string &name)
    {
        for (size_t i = 0; i < count; i++) {
            watched.push_back(context.monitor(name)
                                  .maskDisconnected(true)
                                  .event([](pvxs::client::Subscription &from) {
                                      while (from.pop()) {
                                      }
                                  })
                                  .exec());
        }
        context.get(name).exec()->wait(timeout);
    }

    // Receive `count` updates of "many" or "one" (see posting.h).
    peers::Object monitor(size_t count, const std::string &which)
    {
        std::vector<std::string> names;
        for (size_t i = 0; i < (which == "one" ? 1u : 100u); i++)
            names.push_back(which == "one" ? "bench:one" : "bench:many:" + std::to_string(i));
        Counter counter(names.size(), count);
        std::vector<Monitored> monitored(names.size());
        for (size_t i = 0; i < names.size(); i++) {
            Monitored &each = monitored[i];
            each.subscription =
                context.monitor(names[i])
                    .maskDisconnected(true)
                    .event([&](pvxs::client::Subscription &from) { each.take(from, counter); })
                    .exec();
        }
        return counter.wait();
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
    std::vector<std::shared_ptr<pvxs::client::Subscription>> watched;
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
