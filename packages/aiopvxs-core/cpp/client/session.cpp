#include "client/session.h"

#include "forked.h"
#include "queue/reaper.h"

namespace aiopvxs
{

namespace
{

std::string key_of(const Channel &channel) { return Session::Name{channel.name(), channel.server()}.key(); }

} // namespace

Session::Session(const pvxs::client::Config &config, const Limits &with_limits)
    : limits(with_limits), pvxs_context((forked::begin(), config))
{
}

Session::~Session()
{
    forked::keep(channels);
    forked::keep(deferred);
    // channels go first: their handles need no Context, and hold none
    Channels all;
    all.swap(channels);
    by_name.clear();
    all.clear();
    try {
        // the last reference joins the worker, and this may run on it
        reaper::submit([ending = std::move(pvxs_context)]() mutable { ending = pvxs::client::Context(); });
    } catch (std::exception &) {
        // no thread to be had: it ends here
    }
}

std::shared_ptr<Channel> Session::channel(const Name &name)
{
    forked::check();
    Afterwards later;
    Lock lock(mutex);
    if (is_closed)
        return nullptr;
    const std::string key = name.key();
    auto found = by_name.find(key);
    if (found != by_name.end()) {
        channels.splice(channels.begin(), channels, found->second);
        return *found->second;
    }
    auto made = std::make_shared<Channel>(shared_from_this(), name.pv, name.server);
    made->open(pvxs_context);
    channels.push_front(made);
    by_name.emplace(key, channels.begin());
    // not channels.size(): in the older C++ ABI of the pvxslibs wheels a list counts its nodes each time
    count = by_name.size();
    if (over())
        trim(later);
    return made;
}

bool Session::add(const Name &name, const std::shared_ptr<Waiter> &waiter)
{
    while (auto to = channel(name)) {
        if (to->add(waiter)) {
            if (waiter->deferred) {
                Lock lock(mutex);
                deferred.push_back(std::move(to));
            }
            return true;
        }
        // retired between the two calls: it is no longer listed
    }
    return false;
}

void Session::flush()
{
    if (forked::is_child())
        return; // those who asked were told
    std::vector<std::shared_ptr<Channel>> waiting;
    {
        Lock lock(mutex);
        waiting.swap(deferred);
    }
    for (auto &channel : waiting)
        channel->flush();
}

std::optional<std::pair<pvxs::Value, std::uint64_t>> Session::prototype(const Name &name,
                                                                        const Request &request)
{
    forked::check();
    std::shared_ptr<Channel> of;
    {
        Lock lock(mutex);
        auto found = by_name.find(name.key());
        if (found == by_name.end())
            return std::nullopt;
        of = *found->second;
    }
    return of->prototype(request);
}

void Session::cancel(const std::shared_ptr<Waiter> &waiter)
{
    if (forked::is_child())
        return; // nothing of it is left in this process
    auto channel = waiter->channel.lock();
    if (!channel || !channel->cancel(waiter))
        return;
    // nothing is kept of a PV that was not found
    auto session = channel->of_session().lock();
    if (!session)
        return;
    Afterwards later;
    Lock lock(session->mutex);
    auto found = session->by_name.find(key_of(*channel));
    if (found == session->by_name.end() || *found->second != channel || !channel->retire(later))
        return;
    session->channels.erase(found->second);
    session->by_name.erase(found);
    session->count = session->by_name.size();
    later.release(std::move(channel));
}

void Session::trim_if_over()
{
    if (!over())
        return;
    Afterwards later;
    Lock lock(mutex);
    trim(later);
}

void Session::trim(Afterwards &later)
{
    // the oldest may be busy: look at some more, but not at all of them each time
    std::size_t looks = 16u;
    auto it = channels.end();
    while (over() && looks-- > 0u && it != channels.begin()) {
        --it;
        if (!(*it)->retire(later))
            continue;
        by_name.erase(key_of(**it));
        later.release(std::move(*it));
        it = channels.erase(it);
        count = by_name.size();
        looks++;
    }
}

void Session::close(bool wait)
{
    if (forked::is_child()) {
        is_closed = true; // the connections are the parent's
        return;
    }
    Channels all;
    {
        Lock lock(mutex);
        is_closed = true;
        all.swap(channels);
        by_name.clear();
        deferred.clear();
        count = 0u;
    }
    for (auto &channel : all)
        channel->close();
    monitors.close();
    all.clear();
    if (wait) {
        pvxs_context.close();
    } else {
        auto self = shared_from_this();
        reaper::submit([self]() { self->pvxs_context.close(); });
    }
}

std::size_t Session::channel_count() const { return count; }

} // namespace aiopvxs
