// What a channel tells of itself in Server::report().
#pragma once

#include <atomic>
#include <cstddef>

#include <pvxs/server.h>

namespace aiopvxs::server
{

// Counted on any thread.
struct ChannelUsage final : public pvxs::server::ReportInfo {
    std::atomic<std::size_t> subscriptions{0}; // active now
    std::atomic<std::size_t> squashed{0};      // updates squashed before they were sent, of all ever
};

} // namespace aiopvxs::server
