#include "client/session.h"

#include "client/discovery.h"
#include "forked.h"
#include "queue/reaper.h"

namespace aiopvxs
{

Session::Session(const pvxs::client::Config &config, const Limits &with_limits)
    : limits(with_limits), pvxs_context((forked::begin(), config))
{
}

Session::~Session()
{
    forked::keep(channels);
    forked::keep(held);
    forked::keep(deferred);
    // channels go first: their handles need no Context, and hold none
    Channels all;
    all.swap(channels);
    all.splice(all.end(), held);
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
    auto found = find_or_make(name);
    if (over())
        trim(later);
    return found;
}

std::shared_ptr<Channel> Session::find_or_make(const Name &name)
{
    if (is_closed)
        return nullptr;
    const std::string key = name.key();
    auto found = by_name.find(key);
    if (found != by_name.end()) {
        if ((*found->second)->holds == 0u)
            channels.splice(channels.begin(), channels, found->second);
        return *found->second;
    }
    auto made = std::make_shared<Channel>(shared_from_this(), name.pv, name.server);
    if (crowded())
        unopened.push_back(made);
    else
        made->open(pvxs_context);
    channels.push_front(made);
    by_name.emplace(key, channels.begin());
    ++count; // in the older C++ ABI of the pvxslibs wheels a list counts its nodes each time
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
    if (auto session = channel->of_session().lock())
        session->drop_unknown(channel); // nothing is kept of a PV that was not found
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
        auto retired = it++;
        drop(retired, later);
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
    std::vector<std::weak_ptr<Discovery>> searches;
    {
        Lock lock(mutex);
        is_closed = true;
        context_uses.refuse();
        all.swap(channels);
        all.splice(all.end(), held);
        by_name.clear();
        deferred.clear();
        unopened.clear();
        searches.swap(discoveries);
        count = 0u;
    }
    for (auto &each : searches) {
        if (auto search = each.lock())
            search->fail();
    }
    for (auto &channel : all)
        channel->close();
    monitors.close();
    all.clear();
    if (wait) {
        context_uses.wait();
        pvxs_context.close();
    } else {
        auto self = shared_from_this();
        reaper::submit([self]() {
            self->context_uses.wait();
            self->pvxs_context.close();
        });
    }
}

std::size_t Session::channel_count() const { return count; }

} // namespace aiopvxs
