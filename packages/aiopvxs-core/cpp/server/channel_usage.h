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

namespace aiopvxs::server
{

// Counted on any thread.
struct ChannelUsage final : public pvxs::server::ReportInfo {
    using Control = std::weak_ptr<const pvxs::server::MonitorControlOp>;

    std::atomic<std::size_t> subscriptions{0}; // active now
    std::atomic<std::size_t> squashed{0};      // updates squashed before they were sent, of all ever

    // A subscription is known by the address of what serves it.
    void add_queue(const void *key, Control control)
    {
        std::lock_guard<std::mutex> guard(mutex);
        controls[key] = std::move(control);
    }

    void remove_queue(const void *key) noexcept
    {
        std::lock_guard<std::mutex> guard(mutex);
        controls.erase(key);
    }

    // The queues of the active subscriptions, in no order. Takes mutexes of pvxs.
    std::vector<pvxs::server::MonitorStat> queues() const
    {
        // released without the mutex
        std::vector<std::shared_ptr<const pvxs::server::MonitorControlOp>> found;
        {
            std::lock_guard<std::mutex> guard(mutex);
            for (const auto &each : controls) {
                if (auto control = each.second.lock())
                    found.push_back(std::move(control));
            }
        }
        std::vector<pvxs::server::MonitorStat> stats;
        for (const auto &control : found) {
            pvxs::server::MonitorStat stat;
            control->stats(stat);
            if (stat.limitQueue) // else its client has gone
                stats.push_back(stat);
        }
        return stats;
    }

private:
    mutable std::mutex mutex; // of controls, and nothing is called while it is held
    std::map<const void *, Control> controls;
};

} // namespace aiopvxs::server
