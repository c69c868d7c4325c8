// What serves a channel: the interface between our Source and whatever answers a PV's clients.
//
// All virtual functions are called by a pvxs worker without the GIL and must not block. They may throw;
// the caller turns that into an error reply.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace aiopvxs::server
{

class Channel;
class Exec;
class Operation;
class Subscriber;

class Handler
{
public:
    virtual ~Handler() = default;

    // INFO, or the INIT of a GET or PUT: connect the operation now or later. It may be kept until
    // `forget`.
    virtual void type(const std::shared_ptr<Operation> &operation) = 0;
    // GET, or the fetch of a PUT.
    virtual void get(const std::shared_ptr<Exec> &exec) = 0;
    virtual void put(const std::shared_ptr<Exec> &exec) = 0;
    virtual void rpc(const std::shared_ptr<Exec> &exec) = 0;
    // The INIT of a MONITOR: connect the subscriber now or later. It may be kept until `forget`.
    virtual void subscribe(const std::shared_ptr<Subscriber> &subscriber) = 0;

    // The client, or the end of its channel, has ended the operation.
    virtual void forget(const std::shared_ptr<Operation> &operation) noexcept = 0;
    virtual void forget(const std::shared_ptr<Subscriber> &subscriber) noexcept = 0;

    // What executors know it by; 0: by nothing.
    virtual std::uint64_t handler_key() const { return 0; }
    // A source serves this handler under `name`. Errors name the PV by the first of its names.
    void added(const std::string &name);
    // 'PV "name"', or 'this PV' where no source serves it yet.
    std::string label() const;

    // Bookkeeping of the channels: which are open, and which to close.
    virtual void opened(const std::shared_ptr<Channel> &channel);
    virtual void closed(const std::shared_ptr<Channel> &channel) noexcept;
    // Close the channels which `source` has opened under `name`; returns at once.
    void detach(const void *source, const std::string &name);

protected:
    // It has its first channel; it has none any more. In order, each after the other, with the lock of the
    // books held.
    virtual void first_opened(const Channel &) noexcept {}
    virtual void last_closed(const Channel &) noexcept {}

    // Remove all channels from the books; the caller closes them.
    std::vector<std::shared_ptr<Channel>> take_channels();
    std::size_t channel_count() const;

private:
    mutable std::mutex books; // taken last: no other lock but that of a queue is taken while this is held
    std::set<std::shared_ptr<Channel>> channels;
    std::string first_name;
};

} // namespace aiopvxs::server
