// A channel that was accepted before it is known what serves it.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "server/executor.h"
#include "server/handler.h"

namespace aiopvxs::server
{

// Stands between one channel and its handler: what the client asks waits until the handler is known, and is
// passed on from then on.
class Opening final : public Handler, public std::enable_shared_from_this<Opening>
{
public:
    explicit Opening(std::shared_ptr<Executor> executor);
    ~Opening() override;

    // Once, of the channel that was accepted with this as its handler.
    void of(const std::shared_ptr<Channel> &channel) { accepted = channel; }
    // Null once it has ended.
    std::shared_ptr<Channel> channel() const { return accepted.lock(); }
    std::uint64_t number() const { return serial_number; }

    // Any thread; what waits for a worker happens in the background. The first of these counts: false if
    // it is not the first. resolve() is false, too, if the channel has ended.
    bool resolve(std::shared_ptr<Handler> handler);
    bool refuse(const std::string &message) noexcept;

    void type(const std::shared_ptr<Operation> &operation) override;
    void get(const std::shared_ptr<Exec> &exec) override;
    void put(const std::shared_ptr<Exec> &exec) override;
    void rpc(const std::shared_ptr<Exec> &exec) override;
    void subscribe(const std::shared_ptr<Subscriber> &subscriber) override;
    void forget(const std::shared_ptr<Operation> &operation) noexcept override;
    void forget(const std::shared_ptr<Subscriber> &subscriber) noexcept override;
    void closed(const std::shared_ptr<Channel> &channel) noexcept override;

private:
    struct Waiting {
        std::set<std::shared_ptr<Operation>> operations;
        std::set<std::shared_ptr<Subscriber>> subscribers;
        std::vector<std::shared_ptr<Exec>> calls;
    };

    std::shared_ptr<Handler> known() const;
    static void pass_on(Waiting &waiting, Handler &handler) noexcept;

    const std::shared_ptr<Executor> executor;
    const std::uint64_t serial_number;
    std::weak_ptr<Channel> accepted;

    // Held while the target's books are written, and nothing else of it is called.
    mutable std::mutex mutex;
    std::shared_ptr<Handler> target;
    Waiting waiting;
    std::string refusal; // not empty: it was refused
    bool ended = false;
};

} // namespace aiopvxs::server
