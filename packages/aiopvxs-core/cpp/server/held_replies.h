// Replies that are sent together.
//
// Each reply wakes the server's worker, which sends it, and the client. Handlers that end in one turn of the
// event loop have theirs sent at its end: the worker is woken once, and so are the clients.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <pvxs/data.h>

namespace aiopvxs::server
{

class Exec;

// Any thread, without the GIL. What is held is sent by flush(), and some milliseconds later whatever becomes
// of the event loop that was to call it.
class HeldReplies : public std::enable_shared_from_this<HeldReplies>
{
public:
    // Have a reply sent with the others; a null value for one without.
    void hold(std::shared_ptr<Exec> exec, pvxs::Value value);
    void flush() noexcept;

private:
    struct Reply {
        std::shared_ptr<Exec> exec;
        pvxs::Value value;
    };

    void look() noexcept;

    std::mutex mutex; // nothing else is called while this is held
    std::vector<Reply> replies;
    bool watched = false; // an errand comes to look
};

} // namespace aiopvxs::server
