// A monitor of one PV: from pvxs's FIFO to a bounded queue of our own, and from there to Python in batches.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include <pvxs/client.h>

#include "client/afterwards.h"
#include "client/gathering.h"
#include "client/request.h"
#include "client/stall_watch.h"
#include "client/update_queue.h"
#include "data/returns.h"
#include "queue/completion_queue.h"

namespace aiopvxs
{

class Session;

// pvxs's FIFO is emptied on its worker, at once (but for Policy::block, where the taking side empties it
// too). One completion is pushed for all that has gathered; no other follows until take() found nothing.
class Subscription : public std::enable_shared_from_this<Subscription>
{
public:
    Subscription(const std::shared_ptr<Session> &of, std::shared_ptr<CompletionQueue> to,
                 std::uint64_t with_token, const UpdateQueue::Limits &limits);
    ~Subscription();
    Subscription(const Subscription &) = delete;
    Subscription &operator=(const Subscription &) = delete;

    // Begin. Once. `server`: its address for a PV that is not searched for, else empty.
    void open(pvxs::client::Context &context, const std::string &name, const std::string &server,
              const Request &request);

    // The oldest items (see UpdateQueue::take); values share nothing that can be changed with pvxs. None
    // arms the next completion. Copies, so call it without the GIL where copies() or blocks() is true.
    UpdateQueue::Items take(std::size_t limit, std::size_t bytes);
    bool copies() const { return deep; }
    bool blocks() const { return policy == UpdateQueue::Policy::block; }

    // Ask the server to send no updates, or to send them again, on this and later connections. Those that
    // are on their way still come.
    void pause(bool stop);

    // Give everything up; nothing more is pushed. Harmless again.
    void close();
    // The same, for the Context was closed, but this is told.
    void end_with_context();

    // Its Context was closed.
    bool context_closed() const;
    bool connected() const;
    std::string peer() const;
    UpdateQueue::Counts counts() const;
    // Where small Values are to end.
    const std::shared_ptr<Returns> &returns() const { return values_back; }

private:
    using Lock = std::lock_guard<std::mutex>;
    using Handle = pvxs::client::Subscription;

    // Events of pvxs, on its worker.
    void on_init(Handle &from);
    void on_event(Handle &from);

    void drain(Handle &from, Afterwards &later);
    void note(std::exception_ptr thrown, Afterwards &later);
    void end(SubscriptionEvent &&with, Afterwards &later);
    bool arm();
    void announce(bool wanted, bool watch);
    void apply_pause();
    void check_stall();

    const std::weak_ptr<Session> session;
    const std::shared_ptr<CompletionQueue> queue;
    const std::uint64_t token;
    const UpdateQueue::Policy policy;
    const std::shared_ptr<Returns> values_back;
    const std::shared_ptr<Gathering> gathering;
    std::atomic<bool> deep{false}; // some value queued has to be copied for Python

    mutable std::mutex mutex;
    UpdateQueue updates;
    StallWatch stall;
    std::shared_ptr<Handle> handle;
    std::string last_peer;
    bool up = false;
    bool initialised = false; // pvxs may be told to pause: before, it has no channel
    bool paused = false;
    bool signalled = false; // a completion is under way, or Python is taking
    bool ended = false;
};

} // namespace aiopvxs
