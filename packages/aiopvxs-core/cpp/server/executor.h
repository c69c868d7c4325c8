// Where the handlers of one server's PVs run: the side of it that pvxs's workers see.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "server/held_replies.h"

namespace aiopvxs::server
{

class Access;
class Exec;
class Guard;
class Opening;

// Hands operations in progress to whoever runs handlers, tells what becomes of them meanwhile, and answers
// those that nobody takes. Any thread, without the GIL.
class Executor : public std::enable_shared_from_this<Executor>
{
public:
    // What is told of an operation (by its number) or of a handler (by its key).
    enum class Notice {
        left,            // operation: the client has cancelled it, or is gone
        expired,         // operation: answered, since its time was up
        stopped,         // operation: answered, since the server stops
        first_connect,   // handler: it has its first channel
        last_disconnect, // handler: it has none any more
        channel_closed,  // channel that was opened by Python: it has ended
        subscribed,      // handler: somebody waits for its first update
        unsubscribed     // handler: nobody waits for updates any more
    };

    virtual ~Executor();

    // Run the handler `key` for an operation. One that nobody takes is answered with an error.
    void submit(const std::shared_ptr<Exec> &exec, std::uint64_t key) noexcept;
    void tell(Notice notice, std::uint64_t about) noexcept;
    // Ask the source `key` whether there is a PV; false if nobody can be asked.
    virtual bool ask(std::uint64_t key, const std::string &name) noexcept = 0;
    // Ask the source `key` what serves a channel.
    virtual bool open_channel(std::uint64_t key, const std::shared_ptr<Opening> &opening) noexcept = 0;
    // Ask what a client may, for something that needs to read or write.
    virtual bool put_question(const std::shared_ptr<Guard> &guard, std::uint64_t number, const char *what,
                              bool write) noexcept = 0;
    // Let Python decide what clients may. Before anything is served.
    void restrict(std::shared_ptr<Access> by) { restriction = std::move(by); }
    // Null: they may everything.
    const std::shared_ptr<Access> &access() const { return restriction; }
    // Have a reply sent by flush(), with others.
    void hold(std::shared_ptr<Exec> exec, const pvxs::Value &value) { held->hold(std::move(exec), value); }
    void flush() noexcept { held->flush(); }
    void send_held() noexcept { held->send(); }
    // The operation needs no answer any more.
    void answered(std::uint64_t number) noexcept;

    // Take operations (again), or answer those that come with an error.
    void accept(bool taking) noexcept { open = taking; }
    // Whether there were any operations at all.
    bool used() const noexcept { return any; }
    bool all_answered();
    // Answer what is in progress: the server is shutting down. False if nothing was.
    bool refuse_all() noexcept;

protected:
    virtual bool deliver(const std::shared_ptr<Exec> &exec, std::uint64_t key) noexcept = 0;
    virtual bool notify(Notice notice, std::uint64_t about) noexcept = 0;

private:
    const std::shared_ptr<HeldReplies> held = std::make_shared<HeldReplies>();
    std::shared_ptr<Access> restriction;
    std::atomic<bool> open{true};
    std::atomic<bool> any{false};
    std::mutex mutex; // nothing else is called while this is held
    std::unordered_map<std::uint64_t, std::weak_ptr<Exec>> in_progress;
};

} // namespace aiopvxs::server
