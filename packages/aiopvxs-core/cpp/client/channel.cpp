// What gets and puts of a channel have in common. The rows cited are those of the state table in
// docs/explanation/kept-operations.md.
#include "client/channel.h"

#include <algorithm>

#include "client/measure.h"
#include "client/session.h"
#include "data/clone.h"
#include "forked.h"

namespace aiopvxs
{

namespace
{

// pvxs keeps the latest value of an operation; one whose value is larger is released after it.
constexpr std::size_t largest_kept_value = 1024u * 1024u;

// What an operation itself takes, roughly, with its Values.
constexpr std::size_t put_operation_bytes = 4096u;

} // namespace

Channel::Channel(const std::shared_ptr<Session> &of, std::string of_name, std::string at_server)
    : session(of), pv_name(std::move(of_name)), address(std::move(at_server))
{
}

Channel::~Channel()
{
    forked::keep(connect);
    forked::keep(gets);
    forked::keep(puts);
    forked::keep(put_queue);
    forked::keep(put_sent);
    forked::keep(calls);
}

bool Channel::open(pvxs::client::Context &context)
{
    {
        Lock lock(mutex);
        if (retired || closed)
            return true; // pvxs need not hear of it
    }
    std::weak_ptr<Channel> self(shared_from_this());
    // made before the first operation, so that its onDisconnect fires before pvxs re-queues operations
    auto made = context.connect(pv_name)
                    .server(address)
                    .syncCancel(false)
                    .onConnect([self]() noexcept {
                        if (auto channel = self.lock())
                            channel->on_connect();
                    })
                    .onDisconnect([self]() noexcept {
                        if (auto channel = self.lock())
                            channel->on_disconnect();
                    })
                    .exec();
    Afterwards later;
    Lock lock(mutex);
    if (retired || closed) {
        later.release(std::move(made));
        return false;
    }
    connect = std::move(made);
    opened = true;
    for (auto &waiter : before_open)
        take_up(waiter, later);
    before_open.clear();
    return true;
}

bool Channel::was_opened() const
{
    Lock lock(mutex);
    return opened;
}

bool Channel::add(const std::shared_ptr<Waiter> &waiter)
{
    Afterwards later;
    Lock lock(mutex);
    if (retired)
        return false;
    waiter->channel = weak_from_this();
    waiter->first_link = link;
    if (closed) {
        finish(*waiter, std::make_unique<Failure>(Failure::Kind::closed, "", ""), later);
    } else if (opened) {
        take_up(waiter, later);
    } else {
        waiter->deferred = false;
        before_open.push_back(waiter);
    }
    return true;
}

void Channel::take_up(const std::shared_ptr<Waiter> &waiter, Afterwards &later)
{
    if (waiter->kind == Waiter::Kind::get)
        add_get(waiter, later);
    else if (waiter->kind == Waiter::Kind::put)
        add_put(waiter, later);
    else
        add_call(waiter, later);
}

Channel::Phase Channel::phase(const Waiter &waiter) const
{
    Lock lock(mutex);
    if (!up)
        return Phase::connect;
    if (waiter.kind == Waiter::Kind::rpc || waiter.kind == Waiter::Kind::info)
        return Phase::exec;
    auto executing = [&](const std::shared_ptr<KeptOperation> &operation) {
        return operation && operation->state == KeptOperation::State::exec &&
               operation->request->key == waiter.request->key;
    };
    bool exec = std::any_of(puts.begin(), puts.end(), executing);
    if (waiter.kind == Waiter::Kind::get) {
        auto found = gets.find(waiter.request->key);
        exec = found != gets.end() && executing(found->second.operation);
    }
    return exec ? Phase::exec : Phase::init;
}

std::uint64_t Channel::losses(const Waiter &waiter) const
{
    Lock lock(mutex);
    return link - waiter.first_link;
}

bool Channel::was_connected() const
{
    Lock lock(mutex);
    return up || link > 1;
}

std::string Channel::peer() const
{
    Lock lock(mutex);
    return last_peer;
}

void Channel::on_connect()
{
    Afterwards later;
    Lock lock(mutex);
    up = true;
    watch_connected();
    for (auto &[key, record] : gets)
        pump_get(record, later);
    pump_puts(later);
}

void Channel::on_disconnect()
{
    Afterwards later;
    Lock lock(mutex);
    if (!up) // pvxs reports the initial state too
        return;
    up = false;
    ++link;
    watch_disconnected();
    for (auto &[key, record] : gets)
        get_disconnected(record, later);
    puts_disconnected(later);
    calls_disconnected(later);
}

void Channel::on_init(KeptOperation &operation, const pvxs::Value &type)
{
    Afterwards later;
    Lock lock(mutex);
    if (operation.state == KeptOperation::State::dead)
        return;
    // row 1. pvxs goes on using its Value, on its worker: keep one of our own
    operation.prototype = type.cloneEmpty();
    operation.array_fields = large_fields(operation.prototype);
    operation.deep = shares_parts(operation.prototype);
    operation.link = link;
    operation.state = KeptOperation::State::idle;
    if (operation.kind == Waiter::Kind::get) {
        if (GetRecord *record = record_of(operation))
            pump_get(*record, later);
    } else {
        ask_all_for_values(operation, later);
        pump_puts(later);
    }
}

void Channel::on_result(KeptOperation &operation, std::uint64_t serial, pvxs::client::Result &&result)
{
    std::shared_ptr<Session> over; // trimmed without the mutex
    {
        Afterwards later;
        Lock lock(mutex);
        if (operation.serial != serial)
            return;
        if (operation.state == KeptOperation::State::init) {
            // row 6: lost while it was executing, and then refused
            refused(operation, std::move(result), later);
            return;
        }
        if (operation.state != KeptOperation::State::exec)
            return;
        if (operation.kind == Waiter::Kind::put)
            put_result(operation, std::move(result), later);
        else if (GetRecord *record = record_of(operation))
            get_result(*record, std::move(result), later);
        over = session.lock();
    }
    if (over)
        over->trim_if_over();
}

void Channel::on_refused(KeptOperation &operation, pvxs::client::Result &&result)
{
    Afterwards later;
    Lock lock(mutex);
    if (operation.state != KeptOperation::State::dead)
        refused(operation, std::move(result), later);
}

void Channel::on_dropped(KeptOperation &operation, std::uint64_t serial)
{
    Afterwards later;
    Lock lock(mutex);
    if (operation.state != KeptOperation::State::exec || operation.serial != serial)
        return; // row 8
    // row 7: never sent; the next INIT sends what waits
    operation.state = KeptOperation::State::init;
    if (operation.kind == Waiter::Kind::get) {
        if (GetRecord *record = record_of(operation)) {
            record->wait.insert(record->wait.begin(), record->sent.begin(), record->sent.end());
            record->sent.clear();
        }
        return;
    }
    for (auto &waiter : put_sent) {
        if (waiter->operation.lock().get() == &operation) {
            put_queue.push_front(waiter);
            remove(put_sent, put_queue.front());
            break;
        }
    }
    for (auto &waiter : put_queue) {
        if (waiter->operation.lock().get() == &operation)
            waiter->operation.reset();
    }
}

std::shared_ptr<KeptOperation> Channel::start(Waiter::Kind kind,
                                              const std::shared_ptr<const Request> &request)
{
    auto of = session.lock();
    if (!of)
        throw std::runtime_error("The Context ends");
    return KeptOperation::start(of->context(), shared_from_this(), kind, request);
}

void Channel::note_bytes(KeptOperation &operation, const pvxs::Value &value)
{
    // puts that overlapped leave several operations
    const std::size_t own = operation.kind == Waiter::Kind::put ? put_operation_bytes : 0u;
    const bool large = value && !operation.array_fields.empty();
    count_bytes(operation, own + (large ? measure(value, operation.array_fields) : 0u));
}

void Channel::count_bytes(KeptOperation &operation, std::size_t bytes)
{
    if (bytes == operation.bytes)
        return;
    if (auto of = session.lock())
        of->count_bytes(bytes, operation.bytes);
    operation.bytes = bytes;
}

bool Channel::too_large(const KeptOperation &operation) { return operation.bytes > largest_kept_value; }

} // namespace aiopvxs
