// The handler that stores a value: what clients put, and the server's code posts, goes to all.
//
// In place of pvxs::server::SharedPV, which can deadlock in open(), shares one posted Value among its
// subscribers, refuses equal types that were built separately and leaves clients waiting when a put
// throws.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include <pvxs/data.h>

#include "server/handler.h"
#include "server/time_stamp.h"

namespace aiopvxs::server
{

class SharedPV : public Handler, public std::enable_shared_from_this<SharedPV>
{
public:
    // What became of an open, post or fetch.
    enum class Outcome { done, not_open, already_open, other_type };

    struct Stat {
        std::size_t channels = 0;    // open
        std::size_t waiting = 0;     // operations and subscriptions that wait for open()
        std::size_t subscribers = 0; // active
        std::size_t squashed = 0;    // updates squashed before they were sent, of all subscribers ever
    };

    // What the server's code does itself, instead of what a mailbox does: bits of a mask.
    enum Calls : unsigned { call_get = 1, call_put = 2, call_rpc = 4, call_connects = 8 };
    // What subscribers get: the stored value at once; nothing before a value is posted for them; an error.
    enum class Monitors { stored, awaited, refused };

    // A mailbox stores what clients put; otherwise puts are refused. `key` is what executors know it by.
    explicit SharedPV(bool writable, std::uint64_t key = 0) : writable(writable), key(key) {}
    ~SharedPV() override;

    // Have the channel's executor called. Any time; for what comes from then on.
    void call(unsigned mask) noexcept { calls = mask; }
    // How long operations may take that executors were called for, in seconds; 0: for ever.
    void limit(double seconds) noexcept { time_limit = seconds; }
    // Before it is served.
    void serve_monitors(Monitors how) noexcept { monitors = how; }
    // Refuse everything but RPCs. Before it is served.
    void serve_rpc_only() noexcept { rpc_only = true; }
    // Set the time stamp of a value of the PV's to now, unless it is marked.
    static void set_time(pvxs::Value &value);

    // An empty value of the PV's type, to be filled and posted.
    struct Draft {
        pvxs::Value value; // not valid(): the PV is closed
    };

    // All of these: any thread, never waiting for a worker. Values that are handed over must not be
    // touched any more. Without the GIL, except draft().

    // Serve `initial` (a structure) and, in the background, connect those who wait for it. Its
    // timeStamp is set to now unless marked.
    Outcome open(pvxs::Value initial);
    // Merge what is marked in the draft's value into the PV's and send it to the subscribers; timeStamp
    // is set to now unless marked.
    Outcome post(Draft draft);
    // A post of the field "value", which is looked up once, and not for each.
    class PlainPost
    {
    public:
        // Takes the PV's lock, unless somebody has it, and gives it back in the end: it may be made with the
        // GIL.
        explicit PlainPost(SharedPV &pv);
        // The field of the PV's own value; null if this is not to be: the PV is closed or busy, or has it
        // not.
        pvxs::Value value;
        // After `value` was assigned to. Without the GIL, unless alone().
        void send();
        // Whether nobody has subscribed.
        bool alone() const { return pv.active.empty(); }

    private:
        SharedPV &pv;
        std::unique_lock<std::mutex> guard;
    };
    // Disconnect the clients, in the background; they come back and wait for the next open(). False if
    // it was closed already.
    bool close();
    // A deep copy of the value, not valid() while closed.
    pvxs::Value fetch() const;
    // The present value with the marked leaves of `delta`, which alone are marked in it, laid over it; not
    // valid() while closed or if the types differ.
    pvxs::Value overlay(const pvxs::Value &delta) const;
    // Answer those who wait for a first update with an error.
    void refuse_subscribers(const std::string &message);
    // Takes a lock that nobody holds for long.
    Draft draft() const;
    bool is_open() const;
    Stat stat() const;

    std::uint64_t handler_key() const override { return key; }

    void type(const std::shared_ptr<Operation> &operation) override;
    void get(const std::shared_ptr<Exec> &exec) override;
    void put(const std::shared_ptr<Exec> &exec) override;
    void rpc(const std::shared_ptr<Exec> &exec) override;
    void subscribe(const std::shared_ptr<Subscriber> &subscriber) override;
    void forget(const std::shared_ptr<Operation> &operation) noexcept override;
    void forget(const std::shared_ptr<Subscriber> &subscriber) noexcept override;

protected:
    void first_opened(const Channel &channel) noexcept override;
    void last_closed(const Channel &channel) noexcept override;

private:
    using Channels = std::vector<std::shared_ptr<Channel>>;

    // With the mutex held.
    void set_type(const pvxs::Value &type, std::uint64_t opening);
    bool serves(const Operation &operation) const;
    Channels publish(const pvxs::Value &delta);
    Channels send(const pvxs::Value &delta);

    void activate(const std::shared_ptr<Subscriber> &subscriber);
    void hand_over(const std::shared_ptr<Exec> &exec);

    const bool writable;
    const std::uint64_t key;
    std::atomic<unsigned> calls{0};
    std::atomic<double> time_limit{0.0};
    std::atomic<bool> rpc_only{false};
    std::atomic<Monitors> monitors{Monitors::stored};

    // Serialises opening, posting and closing. Nothing that waits for a worker is called while it is
    // held, and pvxs calls nothing of ours that takes it while it holds a lock of its own.
    mutable std::mutex mutex;
    pvxs::Value current; // not valid(): closed
    // What a plain post changes in `current`, and in the update that tells of it.
    struct Plain {
        explicit Plain(pvxs::Value &of) : value(of["value"]), time(of["timeStamp"]) {}
        Plain() = default;
        pvxs::Value value;
        TimeFields time;
    };
    Plain plain, plain_update;
    pvxs::Value update;
    // Written with this lock too, so that a draft can be had while somebody posts.
    mutable std::mutex type_mutex;
    pvxs::Value prototype;        // an empty value of the same type instance, never changed
    std::uint64_t generation = 0; // counts the openings
    std::set<std::shared_ptr<Operation>> waiting;
    std::set<std::shared_ptr<Subscriber>> waiting_subscribers;
    std::set<std::shared_ptr<Subscriber>> active;
    std::size_t squashed_before = 0; // by subscribers that are gone
    std::size_t watching = 0;        // subscribers that have not ended
    bool fresh = false;              // Monitors::awaited: a value was posted for them
};

} // namespace aiopvxs::server
