#include "server/handler.h"

#include "server/channel.h"

namespace aiopvxs::server
{

void Handler::added(const std::string &name)
{
    std::lock_guard<std::mutex> guard(books);
    if (first_name.empty())
        first_name = name;
}

std::string Handler::label() const
{
    std::lock_guard<std::mutex> guard(books);
    return first_name.empty() ? "this PV" : "PV \"" + first_name + "\"";
}

void Handler::opened(const std::shared_ptr<Channel> &channel)
{
    std::lock_guard<std::mutex> guard(books);
    channels.insert(channel);
    if (channels.size() == 1)
        first_opened(*channel);
}

void Handler::closed(const std::shared_ptr<Channel> &channel) noexcept
{
    std::lock_guard<std::mutex> guard(books);
    if (channels.erase(channel) && channels.empty())
        last_closed(*channel);
}

void Handler::detach(const void *source, const std::string &name)
{
    std::vector<std::shared_ptr<Channel>> found;
    {
        std::lock_guard<std::mutex> guard(books);
        for (const auto &channel : channels) {
            if (channel->source() == source && channel->name() == name)
                found.push_back(channel);
        }
    }
    Channel::close_all(std::move(found)); // each leaves the books by its onClose
}

std::vector<std::shared_ptr<Channel>> Handler::take_channels()
{
    std::lock_guard<std::mutex> guard(books);
    std::vector<std::shared_ptr<Channel>> taken(channels.begin(), channels.end());
    channels.clear();
    if (!taken.empty())
        last_closed(*taken.front());
    return taken;
}

std::size_t Handler::channel_count() const
{
    std::lock_guard<std::mutex> guard(books);
    return channels.size();
}

} // namespace aiopvxs::server
