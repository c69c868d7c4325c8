#include "client/hold.h"

#include <algorithm>

#include "client/session.h"
#include "forked.h"

namespace aiopvxs
{

void Hold::close()
{
    if (forked::is_child()) {
        forked::keep(channel);
        return;
    }
    std::shared_ptr<Channel> last;
    std::vector<std::weak_ptr<Watch>> ending;
    {
        std::lock_guard<std::mutex> guard(mutex);
        last.swap(channel);
        ending.swap(watches);
    }
    for (auto &each : ending) {
        if (auto watch = each.lock()) {
            last->unwatch(*watch);
            watch->push(std::make_unique<WatchEnd>());
        }
    }
    if (last)
        Session::release(last);
}

bool Hold::closed() const { return !get(); }

bool Hold::connected() const
{
    auto of = get();
    return of && of->connected();
}

std::string Hold::peer() const
{
    auto of = get();
    return of && of->connected() ? of->peer() : std::string();
}

std::shared_ptr<Watch> Hold::watch(const std::shared_ptr<CompletionQueue> &queue, std::uint64_t token)
{
    forked::check();
    auto watch = std::make_shared<Watch>(queue, token);
    std::lock_guard<std::mutex> guard(mutex);
    if (!channel)
        return nullptr;
    watches.erase(std::remove_if(watches.begin(), watches.end(),
                                 [](const std::weak_ptr<Watch> &each) { return each.expired(); }),
                  watches.end());
    watches.push_back(watch);
    channel->watch(watch);
    return watch;
}

std::shared_ptr<Channel> Hold::get() const
{
    forked::check();
    std::lock_guard<std::mutex> guard(mutex);
    return channel;
}

} // namespace aiopvxs
