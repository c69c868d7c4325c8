// The only crossing point from pvxs threads to an event loop: pvxs callbacks push, the loop drains.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "python.h"
#include "queue/wakeup.h"

namespace aiopvxs
{

// What a pvxs callback hands to Python. Made, moved and destroyed on any thread without the GIL: it
// holds C++ objects only. `to_python` runs in `drain`, on the loop's thread, with the GIL.
class Completion
{
public:
    virtual ~Completion() = default;
    virtual py::object to_python() = 0;
};

class CompletionQueue
{
public:
    using Clock = std::chrono::steady_clock;

    CompletionQueue() = default;
    ~CompletionQueue();
    CompletionQueue(const CompletionQueue &) = delete;
    CompletionQueue &operator=(const CompletionQueue &) = delete;

    // Hand one item to the loop. Any thread, with or without the GIL; never blocks for longer than the
    // lock is held. False when the queue is closed or memory is out: then nobody will see the item.
    bool push(std::uint64_t token, std::unique_ptr<Completion> item) noexcept;
    // The same, without an item: the target gets None, and looks itself. It is patient: it may wait for some
    // milliseconds while many like it come.
    bool push_ready(std::uint64_t token) noexcept { return push(token, nullptr); }

    // So many updates have come, for all of which there is one item at most. Any thread.
    void count(std::size_t came) noexcept { updates.fetch_add(came, std::memory_order_relaxed); }

    // Remove items, oldest first, until none is left or so many seconds have gone by, and call for each the
    // target that `targets` has under its token, if any. An item whose conversion raises gives its exception
    // as the object. What a target raises is given to failed(target, exception), and the rest goes on; but
    // for KeyboardInterrupt and its like, after which the rest waits for the next time. Needs the GIL.
    //
    // Not 0 where the caller is to drain again after some milliseconds: many updates come, and nothing else;
    // so many in a second. Until then the descriptor tells of impatient ones only.
    std::size_t drain(const py::dict &targets, const py::object &failed, double seconds);

    // How many items of its batch the running drain() has still to hand over. On the loop's thread.
    std::size_t left() const { return remaining; }

    // Patient items shall not wait: something fills up behind one. As push() is called.
    void hurry() noexcept;

    // Block until there is something to drain (true) or the queue is closed (false). True once per
    // batch: `drain` re-arms it. For loops that cannot watch a descriptor. Call without the GIL.
    bool wait();

    // Refuse further items and drop those not drained. The descriptor stays open until destruction, for
    // a loop may still be watching it.
    void close() noexcept;

    bool closed() const;
    std::size_t size() const;
    // What a selector watches: readable while there is something to drain.
    Wakeup::handle_t fileno() const { return wakeup.fileno(); }

private:
    struct Entry {
        std::uint64_t token;
        std::unique_ptr<Completion> item;

        bool patient() const { return !item; }
    };
    // Vectors that change places: threads that free what another has allocated wait for one another.
    using Entries = std::vector<Entry>;

    void remove(Entries &batch);
    std::size_t nap(std::size_t impatient, std::size_t patient);
    bool wake();
    void put_back(Entries &batch, std::size_t done);

    mutable std::mutex mutex;
    std::unique_ptr<std::condition_variable> ready = std::make_unique<std::condition_variable>();
    Entries entries;
    Entries spare; // empty: the loop's thread's
    std::size_t remaining = 0u;
    Wakeup wakeup;
    bool signalled = false; // the descriptor is readable
    bool napping = false;   // the loop comes by itself
    std::size_t rate = 0u;  // of updates in a second, lately
    std::atomic<std::size_t> updates{0u};
    Clock::time_point counted_since;
    bool announced = false; // wait() has reported this batch
    bool is_closed = false;
};

} // namespace aiopvxs
