#include "server/asking_source.h"

#include "forked.h"
#include "server/channel.h"
#include "server/glob.h"
#include "server/opening.h"
#include "server/what.h"

namespace aiopvxs::server
{

namespace
{

// Names that clients invent must not fill the memory: beyond so many, all that was known is forgotten.
constexpr std::size_t most = 100000;
// A question that Python has not answered after so long is asked again.
constexpr auto patience = std::chrono::seconds(10);

std::chrono::steady_clock::duration as_duration(double count)
{
    return std::chrono::duration_cast<std::chrono::steady_clock::duration>(
        std::chrono::duration<double>(count));
}

// A client's address without its port, which is another one after each connection.
std::string who(const std::string &name, const std::string &account, const std::string &peer)
{
    return name + '\n' + account + '\n' + peer.substr(0, peer.rfind(':'));
}

} // namespace

AskingSource::AskingSource(Settings settings)
    : settings(std::move(settings)), listed(std::make_shared<std::set<std::string>>(
                                         this->settings.names.begin(), this->settings.names.end()))
{
}

void AskingSource::found(const std::string &name, bool exists)
{
    forked::check();
    std::lock_guard<std::mutex> guard(mutex);
    known[name] = exists ? Known{Answer::yes, Clock::time_point::max()}
                         : Known{Answer::no, Clock::now() + as_duration(settings.negative_ttl)};
}

void AskingSource::deny(const std::string &name, const std::string &account, const std::string &peer)
{
    forked::check();
    std::lock_guard<std::mutex> guard(mutex);
    if (denied.size() >= most)
        denied.clear();
    denied[who(name, account, peer)] = Clock::now() + as_duration(settings.deny_ttl);
    known.erase(name); // Python is asked again whether there is such a PV
}

bool AskingSource::is_listed(const std::string &name) const
{
    if (listed->count(name))
        return true;
    for (const auto &pattern : settings.patterns) {
        if (fits(name, pattern))
            return true;
    }
    return false;
}

bool AskingSource::is_found(const std::string &name, bool &ask)
{
    const auto now = Clock::now();
    auto entry = known.find(name);
    if (entry != known.end() && entry->second.answer == Answer::yes)
        return true;
    if (entry != known.end() && now < entry->second.until)
        return false;
    if (known.size() >= most)
        known.clear();
    known[name] = Known{Answer::asked, now + patience};
    ask = true;
    return false;
}

bool AskingSource::is_denied(const pvxs::server::ChannelControl &control)
{
    const auto &client = *control.credentials();
    std::lock_guard<std::mutex> guard(mutex);
    auto entry = denied.find(who(control.name(), client.account, client.peer));
    if (entry == denied.end())
        return false;
    if (Clock::now() < entry->second)
        return true;
    denied.erase(entry);
    return false;
}

void AskingSource::search(Search &search, const std::shared_ptr<Executor> &executor) noexcept
{
    try {
        for (auto &wanted : search) {
            const std::string name(wanted.name());
            if (is_listed(name)) {
                wanted.claim();
            } else if (settings.finds && executor) {
                bool ask = false;
                bool there;
                {
                    std::lock_guard<std::mutex> guard(mutex);
                    there = is_found(name, ask);
                }
                if (there)
                    wanted.claim();
                else if (ask)
                    executor->ask(settings.key, name);
            }
        }
    } catch (...) {
        return; // out of memory: the client searches again
    }
}

void AskingSource::create(std::unique_ptr<pvxs::server::ChannelControl> &&control,
                          const std::shared_ptr<Executor> &executor) noexcept
{
    try {
        const std::string name = control->name();
        if (!executor)
            return;
        if (!is_listed(name)) {
            bool ask = false;
            bool there = false;
            if (settings.finds) {
                std::lock_guard<std::mutex> guard(mutex);
                there = is_found(name, ask);
            }
            if (ask)
                executor->ask(settings.key, name); // a client that did not search, but comes again
            if (!there)
                return;
        }
        if (is_denied(*control))
            return;
        auto opening = std::make_shared<Opening>(executor);
        opening->added(name);
        opening->of(Channel::accept(std::move(control), this, opening, executor));
        if (!executor->open_channel(settings.key, opening))
            opening->refuse(shutting_down);
    } catch (...) {
        return; // out of memory: pvxs refuses what was not accepted
    }
}

pvxs::server::Source::List AskingSource::onList()
{
    List result;
    result.names = listed;
    result.dynamic = settings.finds || !settings.patterns.empty();
    return result;
}

} // namespace aiopvxs::server
