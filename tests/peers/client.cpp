// A small pvxs client command: one operation, its outcome as JSON lines, an exit status.
//
//   client [-w SECONDS] get NAME | put NAME FIELD TEXT | info NAME | monitor NAME COUNT | rpc NAME [KEY TEXT
//   …]
//          | show NAME tree|delta LIMIT
//
// The configuration comes from EPICS_PVA_* alone. Exit status: 0 done, 1 the server refused or the value
// cannot be sent, 2 usage, 3 timeout.

#define PVXS_ENABLE_EXPERT_API

#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>

#include <epicsEvent.h>
#include <pvxs/client.h>
#include <pvxs/log.h>

#include "json.h"
#include "values.h"

namespace
{

using Words = std::vector<std::string>;
using pvxs::client::Context;

struct Usage : std::runtime_error {
    using std::runtime_error::runtime_error;
};

void print(const pvxs::Value &value)
{
    std::cout << peers::Object()
                     .text("id", value ? value.id() : "")
                     .raw("value", peers::to_json(value, false))
                     .raw("marked", peers::to_json(value, true))
                     .str()
              << std::endl;
}

void print_info(const pvxs::Value &value)
{
    std::ostringstream type;
    type << pvxs::TypeDef(value);
    std::cout << peers::Object().text("id", value.id()).text("type", type.str()).str() << std::endl;
}

// The text that pvxs makes of a value; arrays up to a limit, 0 for none.
void show(const pvxs::Value &value, const std::string &format, size_t limit)
{
    std::ostringstream text;
    auto shown = value.format();
    if (format == "delta")
        shown.delta();
    text << shown.arrayLimit(limit);
    std::cout << peers::Object().text("value", text.str()).str() << std::endl;
}

void put(Context &context, const Words &words, double timeout)
{
    const peers::Assignment assignment{words[1], words[2]};
    context.put(words[0])
        .fetchPresent(false)
        .build([assignment](pvxs::Value &&prototype) {
            auto value = prototype.cloneEmpty();
            peers::assign(value, assignment);
            return value;
        })
        .exec()
        ->wait(timeout);
    print(pvxs::Value());
}

void monitor(Context &context, const Words &words, double timeout)
{
    epicsEvent awake;
    auto subscription =
        context.monitor(words[0]).event([&awake](pvxs::client::Subscription &) { awake.signal(); }).exec();
    for (auto left = std::stoul(words[1]); left > 0;) {
        if (auto value = subscription->pop()) {
            print(value);
            left--;
        } else if (!awake.wait(timeout)) {
            throw pvxs::client::Timeout();
        }
    }
}

void rpc(Context &context, const Words &words, double timeout)
{
    auto call = context.rpc(words[0]);
    for (size_t i = 1; i + 1 < words.size(); i += 2)
        call.arg(words[i], words[i + 1]);
    print(call.exec()->wait(timeout));
}

void run(const std::string &verb, const Words &words, double timeout)
{
    static const std::map<std::string, size_t> wanted = {{"get", 1},     {"put", 3}, {"info", 1},
                                                         {"monitor", 2}, {"rpc", 1}, {"show", 3}};
    const auto found = wanted.find(verb);
    if (found == wanted.end() || words.size() < found->second)
        throw Usage("usage: client [-w SECONDS] get NAME | put NAME FIELD TEXT | info NAME |"
                    " monitor NAME COUNT | rpc NAME [KEY TEXT ...] | show NAME tree|delta LIMIT");
    auto context = Context::fromEnv();
    if (verb == "get")
        print(context.get(words[0]).exec()->wait(timeout));
    else if (verb == "put")
        put(context, words, timeout);
    else if (verb == "info")
        print_info(context.info(words[0]).exec()->wait(timeout));
    else if (verb == "show")
        show(context.get(words[0]).exec()->wait(timeout), words[1], std::stoul(words[2]));
    else if (verb == "monitor")
        monitor(context, words, timeout);
    else
        rpc(context, words, timeout);
}

int failed(int status, const char *kind, const std::string &text)
{
    std::cout << peers::Object().text("error", kind).text("message", text).str() << std::endl;
    return status;
}

} // namespace

int main(int argc, char *argv[])
{
    pvxs::logger_config_env();
    Words words(argv + 1, argv + argc);
    try {
        double timeout = 10.0;
        if (words.size() > 1 && words[0] == "-w") {
            timeout = std::stod(words[1]);
            words.erase(words.begin(), words.begin() + 2);
        }
        const std::string verb = words.empty() ? "" : words.front();
        if (!words.empty())
            words.erase(words.begin());
        run(verb, words, timeout);
        return 0;
    } catch (Usage &caught) {
        return failed(2, "usage", caught.what());
    } catch (pvxs::client::Timeout &caught) {
        return failed(3, "timeout", "no answer in time");
    } catch (pvxs::client::RemoteError &caught) {
        return failed(1, "remote", caught.what());
    } catch (std::exception &caught) {
        return failed(1, "local", caught.what());
    }
}
