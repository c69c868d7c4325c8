#include "server/subscriber.h"

#include <algorithm>

#include "server/channel.h"
#include "server/what.h"

namespace aiopvxs::server
{

namespace
{

// Updates that may wait beyond the queue's limit, see post().
constexpr std::size_t overfill = 256;

bool has_null_union(const pvxs::Value &value)
{
    for (const pvxs::Value &field : value.imarked()) {
        if (field.type() == pvxs::TypeCode::Union && !field.as<pvxs::Value>())
            return true;
    }
    return false;
}

} // namespace

Subscriber::Subscriber(std::unique_ptr<pvxs::server::MonitorSetupOp> &&setup,
                       const std::shared_ptr<Channel> &channel)
    : setup(std::move(setup)), owner(channel)
{
}

std::shared_ptr<Subscriber> Subscriber::create(std::unique_ptr<pvxs::server::MonitorSetupOp> &&setup,
                                               const std::shared_ptr<Channel> &channel,
                                               const std::shared_ptr<Handler> &handler)
{
    std::shared_ptr<Subscriber> self(new Subscriber(std::move(setup), channel));
    self->setup->onClose([self, handler](const std::string &) noexcept {
        self->end_count();
        handler->forget(self);
    });
    // that function keeps the object; the setup goes with the handler's last reference
    return std::shared_ptr<Subscriber>(self.get(), [self](Subscriber *) noexcept { self->abandon(); });
}

void Subscriber::abandon() noexcept
{
    error(dropped);
    setup.reset();
}

bool Subscriber::connect(const pvxs::Value &prototype) noexcept
{
    counted = true; // before its end can be told
    owner->used().subscriptions++;
    try {
        control = setup->connect(prototype);
    } catch (...) {
        end_count();
        error(what(std::current_exception())); // the request selects no field, or the client is gone
    }
    setup.reset();
    show_queue();
    return control != nullptr;
}

void Subscriber::show_queue() noexcept
{
    if (!control)
        return;
    try {
        owner->used().add_queue(this, control);
    } catch (std::exception &) {
        return; // a report without this queue
    }
    if (!counted) // its end was told meanwhile
        owner->used().remove_queue(this);
}

void Subscriber::end_count() noexcept
{
    if (!counted.exchange(false))
        return;
    owner->used().subscriptions--;
    owner->used().remove_queue(this);
}

void Subscriber::error(const std::string &message) noexcept
{
    try {
        if (setup)
            setup->error(message);
    } catch (std::exception &) {
        // the server's worker has stopped: there is no client left to answer
    }
}

// Squashing inside pvxs keeps the old member of a union that becomes null, or throws. So such an update
// is never squashed but queued beyond the limit, up to a second limit.
bool Subscriber::post(const pvxs::Value &value) noexcept
{
    try {
        pvxs::server::MonitorStat stat;
        if (has_null_union(value)) {
            if (control->forcePost(value))
                return true;
            control->stats(stat);
            return stat.nQueue < stat.limitQueue + overfill;
        }
        if (!control->post(value)) { // full now: this update, or the next, is squashed
            control->stats(stat);
            const std::size_t before = squash_count;
            squash_count = std::max(before, stat.nSquash); // zero once the client is gone
            owner->used().squashed += squash_count - before;
        }
        return true;
    } catch (std::exception &) {
        return false;
    }
}

} // namespace aiopvxs::server
