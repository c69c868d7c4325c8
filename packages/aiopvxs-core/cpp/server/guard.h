// What stands between a channel and its handler where access is restricted.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include <pvxs/source.h>

#include "server/access.h"
#include "server/executor.h"
#include "server/handler.h"

namespace aiopvxs::server
{

// Passes on what the client may, in the order in which it came. What is not known to be permitted waits while
// Python is asked, one question at a time. Reading is decided at the INIT, writing at each put and RPC.
class Guard final : public Handler, public std::enable_shared_from_this<Guard>
{
public:
    enum class Right { none, read, write };
    using Client = std::shared_ptr<const pvxs::server::ClientCredentials>;

    // `handler` itself where access is not restricted.
    static std::shared_ptr<Handler> around(const std::shared_ptr<Handler> &handler, const std::string &name,
                                           const Client &client, const std::shared_ptr<Executor> &executor);
    ~Guard() override;

    const std::string &name() const { return of_name; }
    const pvxs::server::ClientCredentials &client() const { return *of_client; }
    std::uint64_t handler_key() const override { return inner->handler_key(); }

    // Python's answer to a question, which passes on or refuses in the background: false if it was answered
    // before, or nobody waits. What is `granted` needs no question any more.
    bool allow(std::uint64_t question, Right granted) noexcept;
    bool deny(std::uint64_t question, const std::string &text) noexcept;
    // Ask anew from now on; false if the client was never let in.
    bool forget_rights() noexcept;
    // Refuse what waits for an answer; false if nothing does.
    bool shut(const std::string &text) noexcept;
    // Close the channel: the client comes back, and is refused or not.
    void revoke();

    void type(const std::shared_ptr<Operation> &operation) override;
    void get(const std::shared_ptr<Exec> &exec) override;
    void put(const std::shared_ptr<Exec> &exec) override;
    void rpc(const std::shared_ptr<Exec> &exec) override;
    void subscribe(const std::shared_ptr<Subscriber> &subscriber) override;
    void forget(const std::shared_ptr<Operation> &operation) noexcept override;
    void forget(const std::shared_ptr<Subscriber> &subscriber) noexcept override;
    void opened(const std::shared_ptr<Channel> &channel) override;
    void closed(const std::shared_ptr<Channel> &channel) noexcept override;

private:
    // One of these.
    struct Item {
        Right needs = Right::none;
        std::shared_ptr<Operation> operation;
        std::shared_ptr<Subscriber> subscriber;
        std::shared_ptr<Exec> exec;

        bool exists() const { return operation || subscriber || exec; }
        const char *what() const;
        void refuse(const std::string &text) const noexcept;
    };
    enum class State { idle, asked, running };

    Guard(std::shared_ptr<Handler> inner, std::string name, Client client,
          std::shared_ptr<Executor> executor);

    template <typename Field, typename Of>
    Item take(Field field, const Of &of);
    void submit(Item item);
    void ask() noexcept;
    void conclude(bool allowed, const std::string &text) noexcept;
    void pass_on(const Item &item) noexcept;
    bool settle(std::uint64_t question, bool allowed, const std::string &text, Right granted) noexcept;

    const std::shared_ptr<Handler> inner;
    const std::string of_name;
    const Client of_client;
    const std::shared_ptr<Executor> executor;
    const std::shared_ptr<Access> access;

    std::mutex mutex; // of the handler nothing is called while this is held
    std::weak_ptr<Channel> channel;
    std::deque<Item> pending;            // what the first of them needs is being asked, or it is passed on
    std::set<const Subscriber *> passed; // that the handler knows
    State state = State::idle;
    std::uint64_t question = 0;
    std::uint64_t asked_in = 0; // epoch
    Right granted = Right::none;
    bool admitted = false;  // an INIT was permitted
    bool forgotten = false; // what is being passed on has ended meanwhile
    bool ended = false;
};

} // namespace aiopvxs::server
