// Puts of a channel: issued in the order in which they were asked for.
//
// Each needs a value of the type that this connection's INIT told. Python builds it: at once where the
// type is known, else when a Prototype reaches it. A put that needs the present value (an enum's choices,
// a builder) is given it by a fetch on the operation that then sends it.
#include "client/channel.h"

#include <algorithm>

#include "data/clone.h"
#include "data/same_type.h"

namespace aiopvxs
{

namespace
{

// Idle operations kept for each pvRequest; more are made while more puts overlap.
constexpr std::size_t most_idle_puts = 16u;
// And of all other pvRequests together.
constexpr std::size_t most_idle_others = 16u;

} // namespace

std::optional<std::pair<pvxs::Value, std::uint64_t>> Channel::prototype(const Request &request)
{
    Lock lock(mutex);
    if (auto operation = typed_put(request))
        return std::make_pair(operation->prototype.cloneEmpty(), link);
    return std::nullopt;
}

void Channel::add_put(const std::shared_ptr<Waiter> &waiter, Afterwards &later)
{
    put_queue.push_back(waiter);
    waiter->deferred = waiter->deferred && up && waiter->value_link == link;
    if (!waiter->deferred)
        pump_puts(later);
}

// An operation of this request whose type holds for the present connection.
std::shared_ptr<KeptOperation> Channel::typed_put(const Request &request) const
{
    for (auto &operation : puts) {
        if (up && operation->state != KeptOperation::State::init && operation->link == link &&
            operation->request->key == request.key)
            return operation;
    }
    return nullptr;
}

std::shared_ptr<KeptOperation> Channel::idle_put(const Request &request) const
{
    for (auto &operation : puts) {
        if (up && operation->state == KeptOperation::State::idle && operation->request->key == request.key)
            return operation;
    }
    return nullptr;
}

void Channel::supply(const std::shared_ptr<Waiter> &waiter, pvxs::Value value, std::uint64_t of_link)
{
    Afterwards later;
    Lock lock(mutex);
    if (waiter->done || of_link < waiter->asked_link)
        return; // cancelled, or asked again meanwhile
    waiter->value = std::move(value);
    waiter->value_link = of_link;
    pump_puts(later);
}

void Channel::fetch(const std::shared_ptr<Waiter> &waiter)
{
    Afterwards later;
    Lock lock(mutex);
    if (waiter->done || waiter->needs_present)
        return;
    waiter->needs_present = true;
    waiter->asked_link = 0;
    pump_puts(later);
}

void Channel::pump_puts(Afterwards &later)
{
    // A put that cannot be issued holds up those behind it, but only those of its own event loop: the
    // value it waits for may never come from a loop that is stuck.
    std::vector<const CompletionQueue *> held;
    for (auto it = put_queue.begin(); it != put_queue.end();) {
        const std::shared_ptr<Waiter> waiter = *it;
        const bool behind = std::find(held.begin(), held.end(), waiter->queue.get()) != held.end();
        if (!behind && issue_put(waiter, later)) {
            it = put_queue.erase(it);
            continue;
        }
        if (!behind)
            held.push_back(waiter->queue.get());
        ++it;
    }
}

// True if the put leaves the queue: it was issued, or it failed.
bool Channel::issue_put(const std::shared_ptr<Waiter> &waiter, Afterwards &later)
{
    try {
        if (waiter->needs_present && waiter->asked_link != link)
            return fetch_for_put(waiter, later);
        if (waiter->value_link != link) {
            if (waiter->asked_link == link)
                return false; // Python is building it
            if (auto operation = typed_put(*waiter->request))
                ask_for_value(*waiter, operation->prototype.cloneEmpty(), later);
            else
                need_put(waiter->request);
            return false;
        }
        auto operation = idle_put(*waiter->request);
        if (!operation) {
            need_put(waiter->request);
            return false;
        }
        if (!same_type(waiter->value, operation->prototype)) {
            // another type on the same connection: the value is built anew for this one
            waiter->asked_link = waiter->value_link = 0;
            if (waiter->needs_present)
                return fetch_for_put(waiter, later);
            ask_for_value(*waiter, operation->prototype.cloneEmpty(), later);
            return false;
        }
        note_bytes(*operation, waiter->value);
        waiter->operation = operation;
        put_sent.push_back(waiter);
        later.release(operation->execute(KeptOperation::Exec::put, waiter->value));
        waiter->value = pvxs::Value(); // pvxs has it; on a drop Python is asked again
        waiter->value_link = waiter->asked_link = 0;
        return true;
    } catch (std::exception &error) {
        finish(*waiter, Failure::from(error, last_peer), later);
        return true;
    }
}

bool Channel::fetch_for_put(const std::shared_ptr<Waiter> &waiter, Afterwards &later)
{
    if (waiter->operation.lock())
        return false; // being fetched
    if (auto operation = idle_put(*waiter->request)) {
        waiter->operation = operation;
        later.release(operation->execute(KeptOperation::Exec::fetch, pvxs::Value()));
    } else {
        need_put(waiter->request);
    }
    return false;
}

void Channel::ask_for_value(Waiter &waiter, pvxs::Value prototype, Afterwards &later)
{
    waiter.asked_link = link;
    later.deliver(waiter, std::make_unique<Prototype>(std::move(prototype), link));
}

// All puts of this type are asked at once, not each when its turn comes.
void Channel::ask_all_for_values(const KeptOperation &operation, Afterwards &later)
{
    if (!up)
        return;
    for (auto &waiter : put_queue) {
        if (!waiter->needs_present && waiter->value_link != link && waiter->asked_link != link &&
            waiter->request->key == operation.request->key)
            ask_for_value(*waiter, operation.prototype.cloneEmpty(), later);
    }
}

// See to it that an operation of this request will be idle.
void Channel::need_put(const std::shared_ptr<const Request> &request)
{
    for (auto &operation : puts) {
        if (operation->state == KeptOperation::State::init && operation->request->key == request->key)
            return;
    }
    puts.push_back(start(Waiter::Kind::put, request));
}

void Channel::put_result(KeptOperation &operation, pvxs::client::Result &&result, Afterwards &later)
{
    auto kept = operation.shared_from_this();
    const bool fetch = operation.executing == KeptOperation::Exec::fetch;
    auto &waiters = fetch ? put_queue : put_sent;
    auto found = std::find_if(waiters.begin(), waiters.end(),
                              [&](const auto &waiter) { return waiter->operation.lock() == kept; });
    std::shared_ptr<Waiter> waiter = found == waiters.end() ? nullptr : *found;
    operation.state = KeptOperation::State::idle;
    if (waiter)
        waiter->operation.reset();
    bool leaves = !fetch;
    try {
        pvxs::Value value(std::move(result()));
        last_peer = result.peerName();
        if (fetch)
            note_bytes(operation, value);
        if (waiter && fetch)
            ask_for_value(*waiter, deep_clone(value), later);
        else if (waiter)
            finish(*waiter, std::make_unique<Result>(std::move(value)), later);
        if (too_large(operation))
            kill(operation, later);
    } catch (std::exception &error) {
        // row 4: a refused EXEC of a put leaves it idle; a refused fetch ends it. Row 5: so does a loss
        if (fetch || !dynamic_cast<const pvxs::client::RemoteError *>(&error))
            kill(operation, later);
        if (waiter)
            finish(*waiter, Failure::from(error, last_peer), later);
        leaves = true;
    }
    if (leaves && found != waiters.end())
        waiters.erase(found);
    pump_puts(later);
    trim_puts(*operation.request, later);
}

void Channel::trim_puts(const Request &request, Afterwards &later)
{
    Operations idle;   // of this request
    Operations others; // idle too, the oldest first
    for (auto &operation : puts) {
        if (operation->state == KeptOperation::State::idle)
            (operation->request->key == request.key ? idle : others).push_back(operation);
    }
    for (; idle.size() > most_idle_puts; idle.pop_back())
        kill(*idle.back(), later);
    for (std::size_t i = 0u; i + most_idle_others < others.size(); i++)
        kill(*others[i], later);
}

void Channel::puts_disconnected(Afterwards &later)
{
    // row 9: what was sent may have been executed, so it is not sent again
    Waiters again; // but for those whose caller allows it
    for (auto &waiter : put_sent) {
        if (auto operation = waiter->operation.lock())
            kill(*operation, later);
        if (waiter->retry)
            again.push_back(waiter);
        else
            finish(*waiter, std::make_unique<Failure>(Failure::Kind::disconnected, "", last_peer), later);
    }
    put_sent.clear();
    put_queue.insert(put_queue.begin(), again.begin(), again.end());
    for (auto &waiter : put_queue)
        waiter->operation.reset(); // a fetch is asked for again
    for (auto &operation : puts)
        operation->state = KeptOperation::State::init;
}

} // namespace aiopvxs
