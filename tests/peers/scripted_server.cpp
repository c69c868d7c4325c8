// A pvxs server that does what a test says.
//
// Standard output begins with one line holding the client's configuration; then come events and replies. A
// command is one line "ID VERB WORD…" on standard input, answered by one line with its ID. The process ends
// with its standard input. Arguments: the address to serve at, and the TCP and UDP ports (0: any).

#define PVXS_ENABLE_EXPERT_API

#include <condition_variable>
#include <deque>
#include <thread>

#include <pvxs/client.h>
#include <pvxs/log.h>
#include <pvxs/server.h>

#include "commands.h"
#include "scripted_source.h"

namespace
{

// What the main thread has to do next: commands, and what pvxs's workers leave to it.
class Tasks
{
public:
    void push(std::function<void()> task)
    {
        std::lock_guard<std::mutex> guard(mutex);
        waiting.push_back(std::move(task));
        changed.notify_one();
    }
    void end()
    {
        std::lock_guard<std::mutex> guard(mutex);
        ended = true;
        changed.notify_one();
    }
    // Runs on the main thread until the end.
    void run()
    {
        while (true) {
            std::unique_lock<std::mutex> guard(mutex);
            changed.wait(guard, [this]() { return ended || !waiting.empty(); });
            if (ended)
                return;
            const auto task = std::move(waiting.front());
            waiting.pop_front();
            guard.unlock();
            task();
        }
    }

private:
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> waiting;
    bool ended = false;
};

void obey(peers::Commands &commands, const std::string &line)
{
    std::string id = "?";
    try {
        auto words = peers::split_words(line);
        if (words.size() < 2)
            throw std::invalid_argument("a command is ID VERB WORD…");
        id = words[0];
        const auto verb = words[1];
        words.erase(words.begin(), words.begin() + 2);
        peers::output().reply(id, commands.run(verb, words));
    } catch (std::exception &caught) {
        peers::output().reply(id, peers::Object().text("error", caught.what()));
    }
}

std::string client_configuration(const pvxs::server::Server &server)
{
    pvxs::client::Config::defs_t definitions;
    server.clientConfig().updateDefs(definitions);
    peers::Object object;
    for (const auto &each : definitions)
        object.text(each.first, each.second);
    return object.str();
}

pvxs::server::Config configuration(int argc, char *argv[])
{
    auto config = pvxs::server::Config::isolated();
    if (argc == 4) {
        config.interfaces = config.beaconDestinations = {argv[1]};
        config.tcp_port = static_cast<unsigned short>(std::stoi(argv[2]));
        config.udp_port = static_cast<unsigned short>(std::stoi(argv[3]));
    }
    return config;
}

} // namespace

int main(int argc, char *argv[])
{
    pvxs::logger_config_env();
    const auto script = std::make_shared<peers::Script>();
    auto server = configuration(argc, argv).build();
    server.addSource("scripted", std::make_shared<peers::ScriptedSource>(script));

    const auto tasks = std::make_shared<Tasks>();
    script->elsewhere = [tasks](std::function<void()> task) { tasks->push(std::move(task)); };
    script->interrupt = [&server](peers::Action action) {
        server.stop();
        if (action == peers::Action::Drop)
            server.start();
    };

    server.start();
    peers::output().event("ready", peers::Object()
                                       .raw("config", client_configuration(server))
                                       .count("tcp_port", server.config().tcp_port));

    peers::Commands commands(script, server);
    std::thread reader([&commands, tasks]() {
        for (std::string line; std::getline(std::cin, line);)
            tasks->push([&commands, line]() { obey(commands, line); });
        tasks->end();
    });
    tasks->run();
    reader.join();
    server.stop();
    return 0;
}
