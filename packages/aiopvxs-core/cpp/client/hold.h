// A channel that is held open.
#pragma once

#include <memory>
#include <mutex>

#include "client/channel.h"
#include "client/watch.h"

namespace aiopvxs
{

class Session;

// Until close(), or its end, the channel is kept, used or not.
class Hold
{
public:
    explicit Hold(std::shared_ptr<Channel> of) : channel(std::move(of)) {}
    ~Hold() { close(); }
    Hold(const Hold &) = delete;
    Hold &operator=(const Hold &) = delete;

    // Its watches end. May be called again, and from any thread.
    void close();
    bool closed() const;
    bool connected() const;
    std::string peer() const; // "" if not connected, or not known
    // Nothing after close().
    std::shared_ptr<Watch> watch(const std::shared_ptr<CompletionQueue> &queue, std::uint64_t token);

private:
    std::shared_ptr<Channel> get() const;

    mutable std::mutex mutex;
    std::shared_ptr<Channel> channel;
    std::vector<std::weak_ptr<Watch>> watches;
};

} // namespace aiopvxs
