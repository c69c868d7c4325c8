// A client Context: one pvxs Context and its channels.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include <pvxs/client.h>

#include "client/channel.h"
#include "client/gathering.h"
#include "client/peer_finder.h"
#include "client/subscriptions.h"
#include "client/uses.h"
#include "client/waiter.h"
#include "data/returns.h"

namespace aiopvxs
{

class Discovery;

class Session : public std::enable_shared_from_this<Session>
{
public:
    // How much is kept for the next operation: channels, and bytes of their latest values.
    struct Limits {
        std::size_t channels = 4096u;
        std::size_t bytes = 64u * 1024u * 1024u;
    };

    // Waits for pvxs's UDP worker: call without the GIL.
    Session(const pvxs::client::Config &config, const Limits &limits);
    // Ends the pvxs Context on the reaper's thread, wherever this runs.
    ~Session();
    Session(const Session &) = delete;
    Session &operator=(const Session &) = delete;

    // Which channel of a Context: a PV, and the server it is asked of, if it is not searched for.
    struct Name {
        std::string pv;
        std::string server; // numeric address, or empty
        std::string key() const { return server.empty() ? pv : pv + '\0' + server; }
    };

    // Start an operation on a PV. False if the session is closed.
    bool add(const Name &name, const std::shared_ptr<Waiter> &waiter);
    // Send what waits for it (see Waiter::deferred).
    void flush();
    // The type for a put's value, if the channel is warm (see Channel::prototype).
    std::optional<std::pair<pvxs::Value, std::uint64_t>> prototype(const Name &name, const Request &request);
    // End an operation for which nobody waits any longer.
    static void cancel(const std::shared_ptr<Waiter> &waiter);

    // session_holds.cpp
    // Keep a channel, used or not, until as many release(). Nothing if the session is closed.
    std::shared_ptr<Channel> hold(const Name &name);
    static void release(const std::shared_ptr<Channel> &channel);
    // Whether there is that channel.
    bool has(const Name &name) const;
    // pvxs should forget a channel, whose handles were released before: were it counted earlier, clean()
    // could come between, and pvxs would keep it.
    void gave_up_unknown();
    // Give up channels that nobody uses or holds, of one PV or ("") of all.
    void drop_unused(const std::string &pv);

    // Begin to look for servers, until close() at the latest; nothing if the session is closed. Waits for
    // pvxs's UDP worker.
    std::shared_ptr<Discovery> discover(bool ping, const std::shared_ptr<CompletionQueue> &queue,
                                        std::uint64_t token);

    // End all pending operations with Closed, and then the pvxs Context: in the background, or waiting
    // for it (without the GIL, not on an event loop's thread).
    void close(bool wait);
    bool closed() const { return is_closed; }

    std::size_t channel_count() const;
    pvxs::client::Context &context() { return pvxs_context; }
    Subscriptions &subscriptions() { return monitors; }
    Uses &uses() { return context_uses; }
    PeerFinder &peers() { return peer_finder; }
    const std::shared_ptr<ReturnsRoom> &room_for_returns() const { return returns_room; }
    const std::shared_ptr<Gathering> &gathering() const { return updates_gathering; }
    void count_bytes(std::size_t now, std::size_t before) { kept_bytes += now - before; }
    // Give up kept operations beyond the limits, those first that were not used for longest.
    void trim_if_over();

private:
    using Lock = std::lock_guard<std::mutex>;
    using Channels = std::list<std::shared_ptr<Channel>>; // the latest used first

    std::shared_ptr<Channel> channel(const Name &name);
    std::shared_ptr<Channel> find_or_make(const Name &name);
    void drop(Channels::iterator channel, Afterwards &later);
    void drop_unknown(const std::shared_ptr<Channel> &channel);
    void clean_later();
    void clean() noexcept;
    void open_more(std::size_t forgotten);
    bool crowded() const;
    void trim(Afterwards &later);
    bool over() const { return count > limits.channels || kept_bytes > limits.bytes; }

    const Limits limits;
    pvxs::client::Context pvxs_context;

    mutable std::mutex mutex; // taken before a channel's, never with it
    Channels channels;
    Channels held;                                               // those with holds
    std::unordered_map<std::string, Channels::iterator> by_name; // by Name::key()
    std::vector<std::shared_ptr<Channel>> deferred;              // what flush() looks at
    std::atomic<std::size_t> count{0u};                          // of channels that are not held
    std::atomic<std::size_t> kept_bytes{0u};
    std::atomic<bool> is_closed{false};
    Subscriptions monitors;                       // has a mutex of its own
    bool cleaning = false;                        // clean() is to come, after a while
    bool cleaning_now = false;                    // the same, at once
    std::size_t unknown = 0u;                     // channels given up, but not by pvxs yet
    std::vector<std::weak_ptr<Channel>> unopened; // wait until these are fewer
    std::vector<std::weak_ptr<Discovery>> discoveries;
    const std::shared_ptr<ReturnsRoom> returns_room = std::make_shared<ReturnsRoom>();
    const std::shared_ptr<Gathering> updates_gathering = std::make_shared<Gathering>();
    Uses context_uses;
    PeerFinder peer_finder;
};

} // namespace aiopvxs
