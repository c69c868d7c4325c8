#include "server/source.h"

#include <mutex>

#include "forked.h"
#include "server/channel.h"
#include "server/guard.h"

namespace aiopvxs::server
{

bool Source::add(const std::string &name, const std::shared_ptr<Handler> &handler)
{
    forked::check();
    std::unique_lock<std::shared_mutex> lock(mutex);
    if (!table.emplace(name, handler).second)
        return false;
    list.reset();
    handler->added(name);
    return true;
}

bool Source::remove(const std::string &name)
{
    forked::check();
    std::shared_ptr<Handler> handler;
    {
        std::unique_lock<std::shared_mutex> lock(mutex);
        auto found = table.find(name);
        if (found == table.end())
            return false;
        handler = std::move(found->second);
        table.erase(found);
        list.reset();
    }
    // no channel can be added any more: onCreate holds the lock until the handler knows the channel
    handler->detach(this, name);
    return true;
}

std::vector<std::string> Source::names() const
{
    forked::check();
    std::shared_lock<std::shared_mutex> lock(mutex);
    std::set<std::string> sorted;
    for (const auto &entry : table)
        sorted.insert(entry.first);
    return {sorted.begin(), sorted.end()};
}

void Source::onSearch(Search &search) { this->search(search, nullptr); }

void Source::search(Search &search, const std::shared_ptr<Executor> &) noexcept
{
    if (hidden)
        return;
    try {
        std::shared_lock<std::shared_mutex> lock(mutex);
        for (auto &wanted : search) {
            if (table.count(wanted.name()))
                wanted.claim();
        }
    } catch (...) {
        return; // out of memory: the client searches again
    }
}

void Source::onCreate(std::unique_ptr<pvxs::server::ChannelControl> &&control)
{
    create(std::move(control), nullptr);
}

void Source::create(std::unique_ptr<pvxs::server::ChannelControl> &&control,
                    const std::shared_ptr<Executor> &executor) noexcept
{
    try {
        std::shared_lock<std::shared_mutex> lock(mutex);
        auto found = table.find(control->name());
        if (found != table.end())
            accept(std::move(control), found->second, executor);
    } catch (...) {
        return; // out of memory: pvxs refuses what was not accepted
    }
}

void Source::accept(std::unique_ptr<pvxs::server::ChannelControl> &&control,
                    const std::shared_ptr<Handler> &handler, const std::shared_ptr<Executor> &executor)
{
    const auto guarded = Guard::around(handler, control->name(), control->credentials(), executor);
    Channel::accept(std::move(control), this, guarded, executor);
}

pvxs::server::Source::List Source::onList()
{
    if (hidden) {
        List nothing;
        nothing.dynamic = false;
        return nothing;
    }
    try {
        std::unique_lock<std::shared_mutex> lock(mutex);
        if (!list) {
            auto sorted = std::make_shared<std::set<std::string>>();
            for (const auto &entry : table)
                sorted->insert(entry.first);
            list = std::move(sorted);
        }
        List result;
        result.names = list;
        result.dynamic = false;
        return result;
    } catch (...) {
        List empty;
        empty.dynamic = false;
        return empty;
    }
}

} // namespace aiopvxs::server
