#include "client/peer_finder.h"

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <unordered_map>

#include "client/channel.h"
#include "client/session.h"
#include "queue/errands.h"

namespace aiopvxs
{

namespace
{

// A report takes a tenth of the time at most.
constexpr int pause = 10;

using Peers = std::unordered_multimap<std::string_view, const std::string *>;

// The server of the channel that is searched for: another of the same name may be of a given server.
std::string peer_of(const std::string &name, const Peers &peers, Session &session)
{
    const auto [begin, end] = peers.equal_range(name);
    if (begin == end)
        return {};
    const auto found = std::find_if(
        begin, end, [&](const auto &item) { return !session.has(Session::Name{name, *item.second}); });
    return *(found == end ? begin : found)->second;
}

} // namespace

void PeerFinder::find(Session &session, std::weak_ptr<Channel> channel, std::uint64_t link)
{
    std::lock_guard<std::mutex> guard(mutex);
    sought.push_back(Sought{std::move(channel), link});
    if (scheduled)
        return;
    errands::submit_at(std::max(not_before, Clock::now()), [of = session.weak_from_this()]() noexcept {
        if (auto session = of.lock())
            session->peers().run(*session);
    });
    scheduled = true;
}

void PeerFinder::run(Session &session) noexcept
{
    const auto begun = Clock::now();
    std::vector<Sought> now;
    {
        std::lock_guard<std::mutex> guard(mutex);
        now.swap(sought);
        scheduled = false;
    }
    try {
        pvxs::client::Report report;
        {
            Use use(session.uses());
            if (!use)
                return;
            report = session.context().report(false);
        }
        Peers peers;
        for (const auto &connection : report.connections) {
            for (const auto &channel : connection.channels)
                peers.emplace(channel.name, &connection.peer);
        }
        for (const Sought &each : now) {
            // one that was lost meanwhile has another link
            if (auto channel = each.channel.lock())
                channel->found_peer(each.link, peer_of(channel->name(), peers, session));
        }
    } catch (std::exception &e) {
        std::fprintf(stderr, "aiopvxs: error while looking for the servers of channels: %s\n", e.what());
        for (const Sought &each : now) {
            if (auto channel = each.channel.lock())
                channel->found_peer(each.link, {});
        }
    }
    const auto end = Clock::now();
    std::lock_guard<std::mutex> guard(mutex);
    not_before = end + pause * (end - begun);
}

} // namespace aiopvxs
