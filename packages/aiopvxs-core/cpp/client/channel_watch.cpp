// How a channel's connection fares, for those who watch it.
//
// pvxs does not tell the server with a connection. A PeerFinder does, a moment later, if somebody holds the
// channel; until then a connection that came up is not told of.
#include <algorithm>

#include "client/channel.h"
#include "client/session.h"
#include "client/watch.h"

namespace aiopvxs
{

void Channel::watch(const std::shared_ptr<Watch> &watch)
{
    Lock lock(mutex);
    watch->channel = weak_from_this();
    if (closed) {
        watch->push(std::make_unique<Failure>(Failure::Kind::closed, "", last_peer));
        return;
    }
    watches.push_back(watch);
    if (!up || told)
        watch->push(std::make_unique<ChannelState>(up, last_peer, changed));
}

void Channel::unwatch(const Watch &watch)
{
    Lock lock(mutex);
    watches.erase(std::remove_if(watches.begin(), watches.end(),
                                 [&](const std::shared_ptr<Watch> &each) { return each.get() == &watch; }),
                  watches.end());
}

void Channel::want_peer(bool wanted)
{
    Lock lock(mutex);
    peer_wanted = wanted;
    if (wanted && up && told && last_peer.empty()) {
        told = false;
        find_peer();
    }
}

bool Channel::connected() const
{
    Lock lock(mutex);
    return up && !closed;
}

void Channel::found_peer(std::uint64_t on_link, const std::string &peer)
{
    Lock lock(mutex);
    if (!up || told || link != on_link || closed)
        return;
    if (last_peer.empty()) // no result of an operation came first
        last_peer = peer;
    told = true;
    tell(true);
}

void Channel::watch_connected()
{
    changed = ChannelState::Time::clock::now();
    last_peer = address; // another server may have the PV now
    told = !peer_wanted || !last_peer.empty();
    if (told)
        tell(true);
    else
        find_peer();
}

void Channel::watch_disconnected()
{
    if (!told) // the connection was lost before its peer was found
        tell(true);
    changed = ChannelState::Time::clock::now();
    tell(false);
}

void Channel::watch_closed(Afterwards &later)
{
    for (auto &each : watches) {
        each->push(std::make_unique<Failure>(Failure::Kind::closed, "", last_peer));
        later.release(std::move(each));
    }
    watches.clear();
}

void Channel::find_peer()
{
    if (auto of = session.lock())
        of->peers().find(*of, weak_from_this(), link);
}

void Channel::tell(bool connected)
{
    // at once, for another thread may have the next change; a push waits for nothing
    for (auto &each : watches)
        each->push(std::make_unique<ChannelState>(connected, last_peer, changed));
}

} // namespace aiopvxs
