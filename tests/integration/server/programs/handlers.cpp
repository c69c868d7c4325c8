// A server with handlers that misbehave, one PV for each way. Prints its configuration, and a line for what a
// handler found out; at the end, which objects of pvxs are left. Commands: "late" answers the put that PV
// "keeps" has kept; "forget" drops it.
//
// The sources of the server room are put before this text when it is compiled.

#include <iostream>
#include <mutex>
#include <stdexcept>

#include <pvxs/client.h>
#include <pvxs/nt.h>
#include <pvxs/server.h>
#include <pvxs/util.h>

#include "json.h"

// this program never forks
std::atomic<bool> aiopvxs::forked::detail::in_child{false};
aiopvxs::forked::Error::Error() : std::runtime_error("forked") {}

namespace
{

using namespace aiopvxs::server;

void print(const std::string &event, const std::string &key, bool value)
{
    std::cout << peers::Object().text("event", event).raw(key, value ? "true" : "false").str() << std::endl;
}

// A PV whose put goes as its name says; everything else is as it should be.
class Odd : public Handler
{
public:
    explicit Odd(const std::string &way) : way(way) {}

    void type(const std::shared_ptr<Operation> &operation) override
    {
        if (way == "no type")
            throw std::runtime_error("no type today");
        if (way == "drops the type")
            return;
        operation->connect(value.cloneEmpty(), 1);
    }

    void get(const std::shared_ptr<Exec> &exec) override
    {
        auto reply = exec->operation().prototype().cloneEmpty();
        reply["value"] = 5;
        exec->reply(reply);
    }

    void put(const std::shared_ptr<Exec> &exec) override
    {
        if (way == "throws")
            throw std::runtime_error("not today");
        if (way == "throws no exception")
            throw 5;
        if (way == "throws without words")
            throw std::runtime_error("");
        if (way == "twice") {
            print("first", "counts", exec->reply());
            print("second", "counts", exec->error("too late"));
        }
        if (way == "answers and throws") {
            exec->reply();
            throw std::runtime_error("too late");
        }
        if (way == "keeps") {
            std::lock_guard<std::mutex> guard(mutex);
            kept = exec;
            std::cout << "{\"event\":\"kept\"}" << std::endl;
        }
        // "drops": nothing more
    }

    void rpc(const std::shared_ptr<Exec> &exec) override
    {
        if (way == "throws")
            throw std::runtime_error("not today");
        if (way != "drops")
            exec->reply(exec->argument);
    }

    void subscribe(const std::shared_ptr<Subscriber> &) override
    {
        if (way == "throws")
            throw std::runtime_error("not today");
        // "drops": nothing more
    }

    void forget(const std::shared_ptr<Operation> &) noexcept override {}
    void forget(const std::shared_ptr<Subscriber> &) noexcept override {}

    void late()
    {
        std::shared_ptr<Exec> exec;
        {
            std::lock_guard<std::mutex> guard(mutex);
            exec.swap(kept);
        }
        const bool answered = exec->answered();
        print("late", "counts", exec->reply());
        print("before", "answered", answered);
    }

    void forget_kept()
    {
        std::shared_ptr<Exec> exec;
        std::lock_guard<std::mutex> guard(mutex);
        exec.swap(kept);
    }

private:
    const std::string way;
    const pvxs::Value value = pvxs::nt::NTScalar{pvxs::TypeCode::Int32}.create();
    std::mutex mutex;
    std::shared_ptr<Exec> kept;
};

} // namespace

int main()
{
    auto source = std::make_shared<Source>();
    auto keeps = std::make_shared<Odd>("keeps");
    source->add("keeps", keeps);
    for (auto way : {"throws", "throws no exception", "throws without words", "drops", "twice",
                     "answers and throws", "no type", "drops the type"})
        source->add(way, std::make_shared<Odd>(way));
    auto server = pvxs::server::Config::isolated().build().addSource("odd", source).start();
    peers::Object config;
    pvxs::client::Config::defs_t defs;
    server.clientConfig().updateDefs(defs);
    for (const auto &entry : defs)
        config.text(entry.first, entry.second);
    std::cout << peers::Object().text("event", "ready").raw("config", config.str()).str() << std::endl;
    std::string line;
    while (std::getline(std::cin, line)) {
        if (line == "late")
            keeps->late();
        else
            keeps->forget_kept();
    }
    keeps->forget_kept();
    server = pvxs::server::Server(); // stops, and ends its worker
    peers::Object left;
    for (const auto &entry : pvxs::instanceSnapshot()) {
        if (entry.second && entry.first.rfind("Server", 0) == 0)
            left.count(entry.first, entry.second);
    }
    std::cout << peers::Object().text("event", "ended").raw("left", left.str()).str() << std::endl;
    return 0;
}
