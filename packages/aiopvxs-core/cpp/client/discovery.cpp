#include "client/discovery.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "client/completions.h"
#include "client/session.h"
#include "forked.h"
#include "queue/reaper.h"

namespace aiopvxs
{

namespace
{

using pvxs::client::Context;
using pvxs::client::Discovered;

// Takes the events of pvxs, on its UDP worker or the Context's: one at a time, for pvxs holds a mutex.
class Relay
{
public:
    Relay(std::shared_ptr<CompletionQueue> to, std::uint64_t with_token)
        : queue(std::move(to)), token(with_token)
    {
    }

    void operator()(const Discovered &event) noexcept
    {
        try {
            if (event.event == Discovered::Timeout && !event.peer.empty()) {
                // a server that began again, or one whose PVs have changed: the next event says which
                replaced = event;
                return;
            }
            if (replaced && event.event == Discovered::Online) {
                const Discovered before = *replaced;
                replaced.reset();
                if (before.guid == event.guid && before.server == event.server)
                    return; // the same server: neither lost nor new
                push(before);
            }
            push(event);
        } catch (std::exception &e) {
            std::fprintf(stderr, "aiopvxs: error in a discovery callback: %s\n", e.what());
        }
    }

private:
    void push(const Discovered &event) { queue->push(token, std::make_unique<Found>(event)); }

    const std::shared_ptr<CompletionQueue> queue;
    const std::uint64_t token;
    std::optional<Discovered> replaced;
};

// The order matters. The operation is released when the Context's worker has ended, for that would change a
// table which the UDP worker may be reading. The UDP worker may then hold the operation's last reference for
// a moment, and so must not hold that of the Context's inner part too, which cannot end there: an unused
// channel keeps that part until the UDP worker has passed on, which making a Context waits for.
void end(Context context, std::shared_ptr<pvxs::client::Operation> operation) noexcept
{
    try {
        const pvxs::client::Config config = context.config();
        const auto keeper = context.connect("-").syncCancel(false).exec();
        context = Context();
        operation.reset();
        Context passed_on(config);
    } catch (std::exception &e) {
        std::fprintf(stderr, "aiopvxs: error at the end of a discovery: %s\n", e.what());
    }
}

} // namespace

Discovery::Discovery(const pvxs::client::Config &config, bool ping, std::shared_ptr<CompletionQueue> to,
                     std::uint64_t with_token)
    : queue(std::move(to)), token(with_token), context(config)
{
    auto relay = std::make_shared<Relay>(queue, token);
    operation = context.discover([relay](const Discovered &event) noexcept { (*relay)(event); })
                    .pingAll(ping)
                    .syncCancel(false)
                    .exec();
}

void Discovery::close() noexcept
{
    if (forked::is_child()) {
        forked::keep(context);
        forked::keep(operation);
        return;
    }
    try {
        std::lock_guard<std::mutex> guard(mutex);
        if (!operation)
            return;
        reaper::submit([of = std::move(context), handle = std::move(operation)]() mutable noexcept {
            end(std::move(of), std::move(handle));
        });
        context = Context();
        operation.reset();
    } catch (std::exception &) {
        // no thread to be had: it ends here
    }
}

void Discovery::fail()
{
    close();
    queue->push(token, std::make_unique<Failure>(Failure::Kind::closed, "", ""));
}

std::shared_ptr<Discovery> Session::discover(bool ping, const std::shared_ptr<CompletionQueue> &queue,
                                             std::uint64_t token)
{
    forked::check();
    if (is_closed)
        return nullptr;
    auto begun = std::make_shared<Discovery>(pvxs_context.config(), ping, queue, token);
    Lock lock(mutex);
    if (is_closed)
        return nullptr;
    discoveries.erase(std::remove_if(discoveries.begin(), discoveries.end(),
                                     [](const auto &each) { return each.expired(); }),
                      discoveries.end());
    discoveries.push_back(begun);
    return begun;
}

} // namespace aiopvxs
