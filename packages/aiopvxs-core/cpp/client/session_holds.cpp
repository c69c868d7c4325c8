// Which channels a Context keeps: those that are held for as long as they are, and none of a PV that was not
// found.
#include <cstdio>

#include "client/session.h"
#include "forked.h"
#include "queue/errands.h"

namespace aiopvxs
{

namespace
{

// pvxs keeps a channel that nobody uses for 20 s, and goes on looking for its PV.
constexpr std::chrono::seconds clean_pause(2);

// Its lists of the PVs it looks for are walked for each PV that is added (in the older C++ ABI, where a list
// counts its nodes each time): with some ten thousand of them nothing else is done for seconds. So no
// more are added while as many as these are to be forgotten.
constexpr std::size_t most_unknown = 2000u;

std::string key_of(const Channel &channel) { return Session::Name{channel.name(), channel.server()}.key(); }

} // namespace

std::shared_ptr<Channel> Session::hold(const Name &name)
{
    forked::check();
    std::shared_ptr<Channel> of;
    {
        Afterwards later;
        Lock lock(mutex);
        of = find_or_make(name);
        if (!of)
            return nullptr;
        if (of->holds++ == 0u) {
            held.splice(held.begin(), channels, by_name.at(name.key()));
            --count;
        }
        if (over())
            trim(later);
    }
    of->want_peer(true);
    return of;
}

void Session::release(const std::shared_ptr<Channel> &channel)
{
    if (forked::is_child())
        return;
    const bool unknown = !channel->connected();
    auto session = channel->of_session().lock();
    if (!session)
        return;
    {
        Afterwards later;
        Lock lock(session->mutex);
        if (--channel->holds > 0u || session->is_closed)
            return;
        channel->want_peer(false);
        session->channels.splice(session->channels.begin(), session->held,
                                 session->by_name.at(key_of(*channel)));
        ++session->count;
        if (!unknown && session->over())
            session->trim(later);
    }
    if (unknown)
        session->drop_unknown(channel);
}

bool Session::has(const Name &name) const
{
    Lock lock(mutex);
    return by_name.count(name.key()) > 0u;
}

void Session::drop_unused(const std::string &pv)
{
    Afterwards later;
    Lock lock(mutex);
    for (auto it = channels.begin(); it != channels.end();) {
        auto each = it++;
        if ((pv.empty() || (*each)->name() == pv) && (*each)->retire(later))
            drop(each, later);
    }
}

void Session::drop(Channels::iterator channel, Afterwards &later)
{
    by_name.erase(key_of(**channel));
    later.release(std::move(*channel));
    channels.erase(channel);
    --count;
}

void Session::drop_unknown(const std::shared_ptr<Channel> &channel)
{
    {
        Afterwards later;
        Lock lock(mutex);
        auto found = by_name.find(key_of(*channel));
        if (channel->holds > 0u || found == by_name.end() || *found->second != channel ||
            !channel->retire(later))
            return;
        drop(found->second, later);
        if (!channel->was_opened())
            return; // pvxs never heard of it
    }
    gave_up_unknown();
}

void Session::gave_up_unknown()
{
    Lock lock(mutex);
    ++unknown;
    clean_later();
}

bool Session::crowded() const { return unknown >= most_unknown; }

void Session::clean_later()
{
    auto job = [of = weak_from_this()]() noexcept {
        if (auto session = of.lock())
            session->clean();
    };
    if (crowded() && !cleaning_now) {
        errands::submit(job);
        cleaning_now = true;
    } else if (!cleaning && !cleaning_now) {
        errands::submit_at(std::chrono::steady_clock::now() + clean_pause, job);
        cleaning = true;
    }
}

void Session::clean() noexcept
{
    Use use(context_uses);
    if (!use)
        return;
    std::size_t forgotten;
    {
        Lock lock(mutex);
        cleaning = cleaning_now = false; // whoever is given up from here on is for the next time
        forgotten = unknown;
    }
    try {
        if (forgotten > 0u)
            pvxs_context.cacheClear();
    } catch (std::exception &e) {
        std::fprintf(stderr, "aiopvxs: error while unknown PVs are forgotten: %s\n", e.what());
    }
    open_more(forgotten);
}

void Session::open_more(std::size_t forgotten)
{
    std::vector<std::weak_ptr<Channel>> waiting;
    {
        Lock lock(mutex);
        unknown -= forgotten;
        waiting.swap(unopened);
    }
    for (auto &each : waiting) {
        auto channel = each.lock();
        try {
            if (channel && !channel->open(pvxs_context))
                gave_up_unknown();
        } catch (std::exception &e) {
            std::fprintf(stderr, "aiopvxs: error while '%s' is looked for: %s\n", channel->name().c_str(),
                         e.what());
            channel->close(); // whoever waits is told
        }
    }
}

} // namespace aiopvxs
