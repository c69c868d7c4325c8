#include "server/server.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <stdexcept>
#include <thread>

#include "forked.h"
#include "queue/errands.h"
#include "queue/reaper.h"
#include "server/served_source.h"

namespace aiopvxs::server
{

namespace
{

pvxs::server::Config configured(const Settings &settings)
{
    pvxs::server::Config config;
    try {
        config.applyDefs(settings);
    } catch (std::runtime_error &e) {
        throw std::invalid_argument(e.what());
    }
    return config;
}

// Answer what is still in progress, and have the answers sent.
void answer_all(const pvxs::server::Server &server, Executor &executor)
{
    executor.refuse_all();
    if (!executor.used())
        return;
    // The worker sends answers in a later turn of its loop than that in which it queues them, and what is
    // queued when the server stops is lost. Each report takes a turn.
    for (int turn = 0; turn < 3; turn++) {
        (void)server.report(false);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

using Clock = std::chrono::steady_clock;

// Call `then` once all operations are answered, or time is up. No thread waits meanwhile.
void when_answered(const std::shared_ptr<Executor> &executor, Clock::time_point latest,
                   std::function<void()> then)
{
    const auto now = Clock::now();
    if (now >= latest || executor->all_answered()) {
        then();
        return;
    }
    errands::submit_at(
        std::min(latest, now + Clock::duration(std::chrono::milliseconds(5))),
        [executor, latest, then = std::move(then)]() { when_answered(executor, latest, then); });
}

void release(pvxs::server::Server &handle)
{
    reaper::submit([last = std::move(handle)]() noexcept {});
}

} // namespace

Server::Server(const Settings &settings, std::shared_ptr<Executor> executor)
    : handle((forked::begin(), configured(settings))), executor(std::move(executor))
{
}

Server::~Server() { release(handle); }

void Server::start()
{
    forked::check();
    std::unique_lock<std::mutex> lock(state->mutex);
    state->changed.wait(lock, [this]() { return state->stopping == 0; });
    state->started = true;
    if (executor)
        executor->accept(true);
    handle.start(); // waits for the worker, which never takes this mutex
}

void Server::stop(double grace)
{
    if (forked::is_child())
        return; // what runs is the parent's
    std::lock_guard<std::mutex> guard(state->mutex);
    if (!state->started)
        return;
    auto finish = [server = handle, state = this->state, executor = this->executor]() {
        reaper::submit([server, state, executor]() mutable noexcept {
            try {
                if (executor)
                    answer_all(server, *executor);
                server.stop();
            } catch (std::exception &) {
                // its worker has ended already, and with it every connection
            }
            std::lock_guard<std::mutex> guard(state->mutex);
            --state->stopping;
            state->changed.notify_all();
        });
    };
    if (executor)
        executor->accept(false);
    if (executor && grace > 0.0) {
        const auto most = std::chrono::duration<double>(std::min(grace, 1e6)); // clocks have an end
        when_answered(executor, Clock::now() + std::chrono::duration_cast<Clock::duration>(most),
                      std::move(finish));
    } else {
        finish();
    }
    state->started = false;
    ++state->stopping;
}

bool Server::wait_stopped(double seconds) const
{
    if (forked::is_child())
        return true;
    auto stopped = [this]() { return state->stopping == 0; };
    std::unique_lock<std::mutex> lock(state->mutex);
    if (seconds < 0.0) {
        state->changed.wait(lock, stopped);
        return true;
    }
    return state->changed.wait_for(lock, std::chrono::duration<double>(seconds), stopped);
}

bool Server::running() const
{
    if (forked::is_child())
        return false;
    std::lock_guard<std::mutex> guard(state->mutex);
    return state->started;
}

Settings Server::settings() const
{
    Settings result;
    handle.config().updateDefs(result);
    return result;
}

bool Server::add_source(const std::string &name, const std::shared_ptr<Source> &source, int order)
{
    forked::check();
    try {
        handle.addSource(name, std::make_shared<ServedSource>(source, executor), order);
    } catch (std::runtime_error &) {
        return false; // pvxs throws this one only for a name and order that are taken
    }
    return true;
}

bool Server::remove_source(const std::string &name, int order)
{
    forked::check();
    return handle.removeSource(name, order) != nullptr;
}

std::vector<std::pair<std::string, int>> Server::list_sources() const
{
    forked::check();
    return pvxs::server::Server(handle).listSource();
}

pvxs::server::Report Server::report() const
{
    forked::check();
    return handle.report(false);
}

void Server::announce()
{
    forked::check();
    // a removal counts as a change of the server's PVs, even if there was nothing to remove
    handle.removeSource("aiopvxs:nothing");
}

} // namespace aiopvxs::server
