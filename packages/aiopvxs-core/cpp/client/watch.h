// One iterator or Future that is told how a channel's connection fares.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "queue/completion_queue.h"

namespace aiopvxs
{

class Channel;

struct Watch {
    Watch(std::shared_ptr<CompletionQueue> to, std::uint64_t with_token)
        : queue(std::move(to)), token(with_token)
    {
    }

    void push(std::unique_ptr<Completion> item) { queue->push(token, std::move(item)); }

    const std::shared_ptr<CompletionQueue> queue;
    const std::uint64_t token;
    std::weak_ptr<Channel> channel; // set once, before Python sees the watch
};

// What a watch is told: the present state, and then each change.
class ChannelState final : public Completion
{
public:
    using Time = std::chrono::system_clock::time_point;

    ChannelState(bool is_connected, std::string from_peer, Time since)
        : connected(is_connected), peer(std::move(from_peer)), time(since)
    {
    }
    py::object to_python() override;

    bool connected;
    std::string peer; // "" if not known
    Time time;
};

// What a watch is told last when the handle that it came from was closed: None.
class WatchEnd final : public Completion
{
public:
    py::object to_python() override { return py::none(); }
};

} // namespace aiopvxs
