// The handler that stores a value: what clients put, and the server's code posts, goes to all.
//
// In place of pvxs::server::SharedPV, which can deadlock in open(), shares one posted Value among its
// subscribers, refuses equal types that were built separately and leaves clients waiting when a put
// throws.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "python.h"
#include "server/handler.h"

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

    // A mailbox stores what clients put; otherwise puts are refused.
    explicit SharedPV(bool writable) : writable(writable) {}

    // All of these: any thread, without the GIL, never waiting for a worker.

    // Serve `initial` (a structure) and, in the background, connect those who wait for it. Its
    // timeStamp is set to now unless marked.
    Outcome open(const pvxs::Value &initial);
    // Merge the marked fields of `delta` into the value and send them to the subscribers. The delta is
    // of the present type, or an equal one; its timeStamp is set to now unless marked. Nothing marked:
    // nothing happens.
    Outcome post(const pvxs::Value &delta);
    // Disconnect the clients, in the background; they come back and wait for the next open(). False if
    // it was closed already.
    bool close();
    // A deep copy of the value, not valid() while closed.
    pvxs::Value fetch() const;
    // An empty value of the present type, not valid() while closed.
    pvxs::Value cloneEmpty() const;
    bool is_open() const;
    Stat stat() const;

    void type(const std::shared_ptr<Operation> &operation) override;
    void get(const std::shared_ptr<Exec> &exec) override;
    void put(const std::shared_ptr<Exec> &exec) override;
    void rpc(const std::shared_ptr<Exec> &exec) override;
    void subscribe(const std::shared_ptr<Subscriber> &subscriber) override;
    void forget(const std::shared_ptr<Operation> &operation) noexcept override;
    void forget(const std::shared_ptr<Subscriber> &subscriber) noexcept override;

private:
    using Channels = std::vector<std::shared_ptr<Channel>>;

    // Both with the mutex held.
    bool serves(const Operation &operation) const;
    Channels publish(pvxs::Value &delta);

    void activate(const std::shared_ptr<Subscriber> &subscriber);

    const bool writable;

    // Serialises opening, posting and closing. Nothing that waits for a worker is called while it is
    // held, and pvxs calls nothing of ours that takes it while it holds a lock of its own.
    mutable std::mutex mutex;
    pvxs::Value current;          // not valid(): closed
    pvxs::Value prototype;        // an empty value of the same type instance, never changed
    std::uint64_t generation = 0; // counts the openings
    std::set<std::shared_ptr<Operation>> waiting;
    std::set<std::shared_ptr<Subscriber>> waiting_subscribers;
    std::set<std::shared_ptr<Subscriber>> active;
    std::size_t squashed_before = 0; // by subscribers that are gone
};

} // namespace aiopvxs::server
