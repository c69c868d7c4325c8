// Gets of a channel: those that wait share the next EXEC of one operation for each pvRequest.
#include "client/channel.h"

#include "client/session.h"
#include "data/clone.h"

namespace aiopvxs
{

namespace
{

// Distinct pvRequests of one PV whose operations are kept.
constexpr std::size_t most_requests = 8u;

} // namespace

void Channel::add_get(const std::shared_ptr<Waiter> &waiter, Afterwards &later)
{
    auto found = gets.find(waiter->request->key);
    if (found == gets.end()) {
        forget_idle_gets(later);
        found = gets.emplace(waiter->request->key, GetRecord{}).first;
        found->second.request = waiter->request;
    }
    GetRecord &record = found->second;
    record.wait.push_back(waiter);
    const bool ready = record.operation && record.operation->state == KeptOperation::State::idle && up;
    waiter->deferred = waiter->deferred && ready && !waiter->request->exclusive;
    if (!waiter->deferred)
        pump_get(record, later);
}

void Channel::flush()
{
    Afterwards later;
    Lock lock(mutex);
    for (auto &[key, record] : gets)
        pump_get(record, later);
    pump_puts(later);
}

void Channel::forget_idle_gets(Afterwards &later)
{
    for (auto it = gets.begin(); it != gets.end() && gets.size() >= most_requests;) {
        GetRecord &record = it->second;
        if (!record.wait.empty() || !record.sent.empty()) {
            ++it;
            continue;
        }
        if (record.operation)
            kill(*record.operation, later);
        it = gets.erase(it);
    }
}

Channel::GetRecord *Channel::record_of(const KeptOperation &operation)
{
    auto found = gets.find(operation.request->key);
    const bool same = found != gets.end() && found->second.operation.get() == &operation;
    return same ? &found->second : nullptr;
}

void Channel::pump_get(GetRecord &record, Afterwards &later)
{
    if (record.wait.empty())
        return;
    try {
        auto &operation = record.operation;
        if (!operation || operation->state == KeptOperation::State::dead) {
            operation = start(Waiter::Kind::get, record.request); // rows 10 and 13
        } else if (operation->state == KeptOperation::State::idle && up) {
            if (record.request->exclusive) { // one EXEC for each caller
                record.sent.push_back(std::move(record.wait.front()));
                record.wait.pop_front();
            } else {
                record.sent.swap(record.wait);
            }
            later.release(operation->execute(KeptOperation::Exec::get, pvxs::Value()));
        }
    } catch (std::exception &error) {
        for (auto *waiters : {&record.sent, &record.wait}) {
            for (auto &waiter : *waiters)
                finish(*waiter, Failure::from(error, last_peer), later);
            waiters->clear();
        }
        if (record.operation)
            kill(*record.operation, later);
    }
}

void Channel::get_result(GetRecord &record, pvxs::client::Result &&result, Afterwards &later)
{
    KeptOperation &operation = *record.operation;
    Waiters receivers;
    receivers.swap(record.sent);
    operation.state = KeptOperation::State::idle;
    try {
        pvxs::Value value(std::move(result()));
        last_peer = result.peerName();
        note_bytes(operation, value);
        // row 3. Each receiver gets a Value that shares nothing mutable with another's, or pvxs's own
        for (std::size_t i = 0; i < receivers.size(); i++) {
            const bool last = i + 1u == receivers.size();
            pvxs::Value own = last && !operation.deep ? std::move(value) : deep_clone(value);
            finish(*receivers[i], std::make_unique<Result>(std::move(own)), later);
        }
        if (too_large(operation))
            kill(operation, later);
    } catch (std::exception &error) {
        const bool refused = dynamic_cast<const pvxs::client::RemoteError *>(&error); // row 4
        for (auto &waiter : receivers) {
            if (!waiter->done)
                finish(*waiter, Failure::from(error, last_peer), later);
        }
        if (!refused)
            kill(operation, later);
    }
    pump_get(record, later);
}

void Channel::get_disconnected(GetRecord &record, Afterwards &later)
{
    // row 9: pvxs initialises the operation again by itself
    if (record.operation && record.operation->state != KeptOperation::State::dead)
        record.operation->state = KeptOperation::State::init;
    if (record.request->exclusive) {
        for (auto &waiter : record.sent)
            finish(*waiter, std::make_unique<Failure>(Failure::Kind::disconnected, "", last_peer), later);
    } else {
        record.wait.insert(record.wait.begin(), record.sent.begin(), record.sent.end());
    }
    record.sent.clear();
}

} // namespace aiopvxs
