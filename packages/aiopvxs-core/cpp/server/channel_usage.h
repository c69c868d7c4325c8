// What a channel tells of itself in Server::report().
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <pvxs/server.h>
#include <pvxs/source.h>

#include "server/send_queue.h"

namespace aiopvxs::server
{

// Counted on any thread.
struct ChannelUsage final : public pvxs::server::ReportInfo {
    using Queue = std::weak_ptr<const SendQueue>;

    std::atomic<std::size_t> subscriptions{0}; // active now
    std::atomic<std::size_t> squashed{0};      // updates squashed before they were sent, of all ever

    // A subscription is known by the address of what serves it.
    void add_queue(const void *key, Queue queue)
    {
        std::lock_guard<std::mutex> guard(mutex);
        by_key[key] = std::move(queue);
    }

    void remove_queue(const void *key) noexcept
    {
        std::lock_guard<std::mutex> guard(mutex);
        by_key.erase(key);
    }

    // The queues of the active subscriptions, in no order. Takes mutexes of pvxs.
    std::vector<pvxs::server::MonitorStat> queues() const
    {
        // released without the mutex
        std::vector<std::shared_ptr<const SendQueue>> queues;
        {
            std::lock_guard<std::mutex> guard(mutex);
            for (const auto &each : by_key) {
                if (auto queue = each.second.lock())
                    queues.push_back(std::move(queue));
            }
        }
        std::vector<pvxs::server::MonitorStat> stats;
        for (const auto &queue : queues) {
            const pvxs::server::MonitorStat stat = queue->stat();
            if (stat.limitQueue) // else its client has gone
                stats.push_back(stat);
        }
        return stats;
    }

private:
    mutable std::mutex mutex; // of what follows, and nothing is called while it is held
    std::map<const void *, Queue> by_key;
};

} // namespace aiopvxs::server
