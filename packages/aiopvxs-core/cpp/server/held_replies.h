// Replies that are sent together.
//
// Each reply wakes the server's worker, which sends it, and the client. Handlers that end in one turn of the
// event loop have theirs sent at its end: the worker is woken once, and so are the clients.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <pvxs/data.h>
#include <pvxs/util.h>

namespace aiopvxs::server
{

class Exec;

// Any thread, without the GIL. What is held is sent by flush(), and some milliseconds later whatever becomes
// of the event loop that was to call it.
class HeldReplies : public std::enable_shared_from_this<HeldReplies>
{
public:
    HeldReplies() = default;
    ~HeldReplies();
    HeldReplies(const HeldReplies &) = delete;
    HeldReplies &operator=(const HeldReplies &) = delete;

    // Have a reply sent with the others; a null value for one without.
    void hold(std::shared_ptr<Exec> exec, pvxs::Value value);
    // Send them now. Many are sent from the worker itself, which is told so by the thread of errands: handed
    // to it one by one, it would be woken for each.
    void flush() noexcept;
    // The same, from here: when this returns pvxs has them.
    void send() noexcept;

private:
    struct Reply {
        std::shared_ptr<Exec> exec;
        pvxs::Value value;
    };
    // Sent when it ends, at the latest.
    struct Batch {
        Batch() = default;
        Batch(const Batch &) = delete;
        Batch &operator=(const Batch &) = delete;
        ~Batch() { send(); }
        void send() noexcept;

        std::vector<Reply> replies;
    };

    void send_on_worker(std::shared_ptr<Batch> batch) noexcept;
    void look() noexcept;

    std::mutex mutex; // nothing else is called while this is held
    std::vector<Reply> replies;
    bool watched = false; // an errand comes to look
    pvxs::Timer latest;   // of the thread of errands: its release waits for the worker
};

} // namespace aiopvxs::server
