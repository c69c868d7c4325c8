// A MONITOR from its INIT to its end.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>

#include <pvxs/data.h>
#include <pvxs/source.h>

#include "server/handler.h"

namespace aiopvxs::server
{

class SendQueue;

class Subscriber
{
public:
    // On the worker, in onSubscribe. What is returned is the handler's: when it drops the last reference
    // without having answered, the client gets an error. A subscription that was accepted lives on until
    // the client, or the end of its channel, ends it.
    static std::shared_ptr<Subscriber> create(std::unique_ptr<pvxs::server::MonitorSetupOp> &&setup,
                                              const std::shared_ptr<Channel> &channel,
                                              const std::shared_ptr<Handler> &handler);

    // Tell the client the type; false if it was refused (the client knows why) or is gone. Off the
    // worker this waits for it: hold no mutex. Once only.
    bool connect(const pvxs::Value &prototype) noexcept;
    // Refuse the INIT.
    void error(const std::string &message) noexcept;

    // Queue an update. `value` is of the type instance given to connect and is this subscriber's own:
    // pvxs squashes later updates into it while it waits. Posts to one subscriber are serialised by its
    // handler's mutex. False if the queue does not take it: then the channel has to be closed, so that
    // the client comes back and gets a complete value.
    bool post(const pvxs::Value &value) noexcept;

    // Updates squashed before they were sent, so far. As post().
    std::size_t squashed() const;

    const std::shared_ptr<Channel> &channel() const { return owner; }

    // The client has ended the subscription. Guarded by the handler's mutex.
    bool ended = false;

private:
    Subscriber(std::unique_ptr<pvxs::server::MonitorSetupOp> &&setup,
               const std::shared_ptr<Channel> &channel);
    void abandon() noexcept;
    void end_count() noexcept;
    void show_queue() noexcept;

    std::unique_ptr<pvxs::server::MonitorSetupOp> setup; // until it is answered
    std::shared_ptr<SendQueue> queue;                    // then
    const std::shared_ptr<Channel> owner;
    std::atomic<bool> counted{false}; // among the channel's subscriptions
};

} // namespace aiopvxs::server
