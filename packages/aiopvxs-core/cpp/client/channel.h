// A PV as one client Context sees it: its connection and its kept operations. A PV that is asked of a given
// server is a channel of its own beside the one that is searched for.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <pvxs/client.h>

#include "client/afterwards.h"
#include "client/completions.h"
#include "client/kept_operation.h"
#include "client/waiter.h"

namespace aiopvxs
{

class Session;
struct Watch;

// The state machine of kept operations. Gets of one pvRequest share one operation, and those waiting
// when an EXEC is issued share that EXEC. Puts are issued in the order they were asked for, each on an
// idle operation of its pvRequest; where all are executing, another is made.
//
// Events come from the pvxs worker (on_...) and from Python threads (the rest). One mutex guards all; it
// is never held while a handle is released or anything of Python runs.
class Channel : public std::enable_shared_from_this<Channel>
{
public:
    // `at_server`: its address, numeric, for a channel that is not searched for; else empty.
    Channel(const std::shared_ptr<Session> &of, std::string of_name, std::string at_server);

    ~Channel();

    // Make it known to pvxs. Once; operations that were added before wait for it. False if it was retired
    // or closed meanwhile, and pvxs heard of it for nothing.
    bool open(pvxs::client::Context &context);
    bool was_opened() const;

    const std::string &name() const { return pv_name; }
    const std::string &server() const { return address; }

    // Take up an operation; false if the channel was retired meanwhile and another must be made.
    bool add(const std::shared_ptr<Waiter> &waiter);
    // Send what was deferred.
    void flush();
    // The type for a put's value and the link it is true of, if the channel is warm.
    std::optional<std::pair<pvxs::Value, std::uint64_t>> prototype(const Request &request);
    // The value that a put asked for.
    void supply(const std::shared_ptr<Waiter> &waiter, pvxs::Value value, std::uint64_t link);
    // A put that turned out to need the present value.
    void fetch(const std::shared_ptr<Waiter> &waiter);
    // Forget a waiter; true if the channel is not connected and nobody else waits for it.
    bool cancel(const std::shared_ptr<Waiter> &waiter);
    // End every operation: with Closed.
    void close();
    // Give up what is kept if no one waits; false if somebody does.
    bool retire(Afterwards &later);

    enum class Phase { connect, init, exec };
    Phase phase(const Waiter &waiter) const;
    // How often the connection was lost while a waiter waited.
    std::uint64_t losses(const Waiter &waiter) const;
    // Whether the PV was ever connected.
    bool was_connected() const;
    std::string peer() const;
    const std::weak_ptr<Session> &of_session() const { return session; }

    // channel_watch.cpp
    // Tell `watch` the present state of the connection and each change from now on, until unwatch() or
    // close().
    void watch(const std::shared_ptr<Watch> &watch);
    void unwatch(const Watch &watch);
    // Whether the server is looked for when a connection comes up.
    void want_peer(bool wanted);
    bool connected() const;
    void found_peer(std::uint64_t on_link, const std::string &peer);

    // Who wants it kept, used or not: guarded by the Session's mutex.
    std::size_t holds = 0;

    // Events of pvxs, on its worker.
    void on_connect();
    void on_disconnect();
    void on_init(KeptOperation &operation, const pvxs::Value &type);
    void on_result(KeptOperation &operation, std::uint64_t serial, pvxs::client::Result &&result);
    void on_refused(KeptOperation &operation, pvxs::client::Result &&result);
    void on_dropped(KeptOperation &operation, std::uint64_t serial);
    void on_call(const std::shared_ptr<Waiter> &waiter, pvxs::client::Result &&result);

private:
    using Lock = std::lock_guard<std::mutex>;
    using Waiters = std::deque<std::shared_ptr<Waiter>>;
    using Operations = std::vector<std::shared_ptr<KeptOperation>>;

    struct GetRecord {
        std::shared_ptr<const Request> request;
        std::shared_ptr<KeptOperation> operation;
        Waiters wait;
        Waiters sent; // share the EXEC in progress
    };

    // channel.cpp
    void take_up(const std::shared_ptr<Waiter> &waiter, Afterwards &later);
    std::shared_ptr<KeptOperation> start(Waiter::Kind kind, const std::shared_ptr<const Request> &request);
    void note_bytes(KeptOperation &operation, const pvxs::Value &value);
    void count_bytes(KeptOperation &operation, std::size_t bytes);
    static bool too_large(const KeptOperation &operation);

    // channel_end.cpp
    static bool remove(Waiters &from, const std::shared_ptr<Waiter> &waiter);
    void cancel_get(const std::shared_ptr<Waiter> &waiter, Afterwards &later);
    void cancel_put(const std::shared_ptr<Waiter> &waiter, Afterwards &later);
    void kill(KeptOperation &operation, Afterwards &later);
    void finish(Waiter &waiter, std::unique_ptr<Completion> item, Afterwards &later);
    void refused(KeptOperation &operation, pvxs::client::Result &&result, Afterwards &later);
    void fail_waiting(KeptOperation &operation, const std::exception &error, Afterwards &later);
    void release_all(Afterwards &later);
    bool busy() const;

    // channel_get.cpp
    void add_get(const std::shared_ptr<Waiter> &waiter, Afterwards &later);
    void forget_idle_gets(Afterwards &later);
    GetRecord *record_of(const KeptOperation &operation);
    void pump_get(GetRecord &record, Afterwards &later);
    void get_result(GetRecord &record, pvxs::client::Result &&result, Afterwards &later);
    void get_disconnected(GetRecord &record, Afterwards &later);

    // channel_put.cpp
    void add_put(const std::shared_ptr<Waiter> &waiter, Afterwards &later);
    std::shared_ptr<KeptOperation> typed_put(const Request &request) const;
    std::shared_ptr<KeptOperation> idle_put(const Request &request) const;
    void need_put(const std::shared_ptr<const Request> &request);
    void pump_puts(Afterwards &later);
    bool issue_put(const std::shared_ptr<Waiter> &waiter, Afterwards &later);
    bool fetch_for_put(const std::shared_ptr<Waiter> &waiter, Afterwards &later);
    void ask_for_value(Waiter &waiter, pvxs::Value prototype, Afterwards &later);
    void ask_all_for_values(const KeptOperation &operation, Afterwards &later);
    void put_result(KeptOperation &operation, pvxs::client::Result &&result, Afterwards &later);
    void puts_disconnected(Afterwards &later);
    void trim_puts(const Request &request, Afterwards &later);

    // channel_call.cpp
    void add_call(const std::shared_ptr<Waiter> &waiter, Afterwards &later);
    void cancel_call(const std::shared_ptr<Waiter> &waiter, Afterwards &later);
    void calls_disconnected(Afterwards &later);

    // channel_watch.cpp
    void watch_connected();
    void watch_disconnected();
    void watch_closed(Afterwards &later);
    void find_peer();
    void tell(bool connected);

    const std::weak_ptr<Session> session;
    const std::string pv_name;
    const std::string address; // of the server, empty if it is searched for

    mutable std::mutex mutex;
    std::shared_ptr<pvxs::client::Connect> connect;
    bool opened = false;
    Waiters before_open;
    bool up = false;
    bool retired = false;
    bool closed = false;
    std::uint64_t link = 1; // counts connections: rises when one is lost
    std::string last_peer;
    std::map<std::string, GetRecord> gets; // by Request::key
    Operations puts;                       // those not dead
    Waiters put_queue;                     // puts not issued yet, in order
    Waiters put_sent;                      // puts and fetches issued
    Waiters calls;                         // rpcs and infos under way

    // channel_watch.cpp
    std::vector<std::shared_ptr<Watch>> watches;
    bool peer_wanted = false;
    bool told = true; // of the present state, the watches
    std::chrono::system_clock::time_point changed = std::chrono::system_clock::now();
};

} // namespace aiopvxs
