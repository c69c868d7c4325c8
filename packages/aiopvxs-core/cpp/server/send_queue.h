// The updates of one monitor that wait to be sent.
//
// They wait in the queue of pvxs. A client with flow control has a window: it is sent no more updates than it
// has room for. pvxs does not go on by itself when an acknowledgement opens a closed window, but with the
// next post; so pvxs is given only what the window has room for, and the rest waits here.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>

#include <pvxs/data.h>
#include <pvxs/source.h>

namespace aiopvxs::server
{

class SendQueue
{
public:
    // After the client was told the type. Waits for the worker, unless on it: hold no mutex.
    static std::shared_ptr<SendQueue> create(std::unique_ptr<pvxs::server::MonitorControlOp> &&control,
                                             const pvxs::Value &request);

    // Queue an update, or squash it into the last one. False if the queue does not take it. Posts are
    // serialised by the caller.
    bool post(const pvxs::Value &value);
    // Updates squashed so far. As post().
    std::size_t squashed() const { return squash_count; }

    // Any thread; takes a mutex of pvxs.
    pvxs::server::MonitorStat stat() const;

private:
    SendQueue(std::unique_ptr<pvxs::server::MonitorControlOp> &&control, const pvxs::Value &request)
        : control(std::move(control)), request(request["field"])
    {
    }

    void acknowledged() noexcept;
    bool pass(const pvxs::Value &value);
    // With the mutex held.
    bool hold(const pvxs::Value &value, const pvxs::server::MonitorStat &stat);
    void send_held();

    // ends the subscription for good when destroyed, so it lives as long as pvxs keeps its subscriber; a
    // report borrows it
    const std::unique_ptr<pvxs::server::MonitorControlOp> control;
    const pvxs::Value request; // the fields that the client asked for
    bool paced = false;        // updates are held; const after create()
    std::size_t squash_count = 0;
    std::size_t passed_squashed = 0; // of these, by pvxs

    // Makes the order of the updates: held by post() and on the worker. A mutex of pvxs is taken after it.
    mutable std::mutex mutex;
    std::deque<pvxs::Value> held;
    std::size_t most = 0; // that ever waited while some were held
    bool begun = false;   // pvxs queues the first update whatever is in it
};

} // namespace aiopvxs::server
