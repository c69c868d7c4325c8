// Finds out which server a channel is connected to.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace aiopvxs
{

class Channel;
class Session;

// pvxs tells the peer of a connection with the results of operations, and in Context::report(). That waits
// for the worker and lists all channels, so one report serves all channels that wait at that moment, on the
// thread for errands; and reports take at most a tenth of the time.
class PeerFinder
{
public:
    // Have `channel` told, as found_peer(link, peer). Any thread, with the channel's mutex held or without.
    void find(Session &session, std::weak_ptr<Channel> channel, std::uint64_t link);

private:
    using Clock = std::chrono::steady_clock;
    struct Sought {
        std::weak_ptr<Channel> channel;
        std::uint64_t link;
    };

    void run(Session &session) noexcept;

    std::mutex mutex; // nothing else is locked under it but the list of errands
    std::vector<Sought> sought;
    bool scheduled = false;
    Clock::time_point not_before{};
};

} // namespace aiopvxs
