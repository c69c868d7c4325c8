#include "client/update_queue.h"

#include <algorithm>

#include "client/measure.h"
#include "data/clone.h"

namespace aiopvxs
{

namespace
{

// pvxs keeps a field of a value in about so many bytes.
constexpr std::size_t bytes_of_field = 64u;

// What is small may wait to be freed.
constexpr std::size_t small = 4096u;

// So many events may wait where updates are bounded; more tell of a connection that comes and goes.
constexpr std::size_t most_events = 64u;

std::unique_ptr<const UpdateQueue::Type> facts_of(const pvxs::Value &value)
{
    auto type = std::make_unique<UpdateQueue::Type>();
    type->prototype = value.cloneEmpty();
    UpdateQueue::Facts &facts = type->facts;
    facts.id = &type->prototype.id();
    type->large = large_fields(type->prototype);
    facts.large = !type->large.empty();
    facts.deep = shares_parts(type->prototype);
    std::size_t fields = 1u;
    if (value.type() == pvxs::TypeCode::Struct) {
        const auto all = type->prototype.iall();
        for (auto it = all.begin(), end = all.end(); it != end; ++it)
            fields++;
    }
    facts.flat = fields * bytes_of_field;
    facts.small = !facts.large && facts.flat <= small;
    return type;
}

// Contents that did not change are shared with the update before.
std::size_t measure_update(const pvxs::Value &value, const UpdateQueue::Type &type)
{
    return type.facts.flat + (type.facts.large ? measure_marked(value, type.large) : 0u);
}

} // namespace

void unite_marks(pvxs::Value &newer, const pvxs::Value &older) noexcept
{
    if (older.isMarked(false, false))
        newer.mark();
    if (older.type() != pvxs::TypeCode::Struct)
        return;
    const auto all = older.iall();
    const auto others = newer.iall();
    auto to = others.begin();
    for (auto from = all.begin(), end = all.end(); from != end; ++from, ++to) {
        if ((*from).isMarked(false, false)) {
            pvxs::Value field = *to;
            field.mark();
        }
    }
}

// That of a new connection.
void UpdateQueue::look_at_type_of(const pvxs::Value &value)
{
    auto made = facts_of(value);
    const auto unused = [this](const std::unique_ptr<const Type> &type) {
        return std::none_of(items.begin(), items.end(),
                            [&](const Item &item) { return item.type == type.get(); });
    };
    types.erase(std::remove_if(types.begin(), types.end(), unused), types.end());
    types.push_back(std::move(made));
    latest = types.back().get();
    facts = latest->facts;
}

std::size_t UpdateQueue::measure(const pvxs::Value &value) const
{
    return facts.large ? measure_update(value, *latest) : facts.flat;
}

bool UpdateQueue::push(pvxs::Value &&value)
{
    if (facts.id != &value.id())
        look_at_type_of(value);
    Item item;
    item.type = latest;
    item.deep = facts.deep;
    item.small = facts.small;
    item.bytes = measure(value);
    item.value = std::move(value);
    numbers.arrived++;
    if (over(item.bytes) && !make_room_for(item)) {
        numbers.dropped++;
        return false;
    }
    append(std::move(item));
    return true;
}

void UpdateQueue::append(Item &&item)
{
    numbers.bytes += item.bytes;
    numbers.queued++;
    numbers.max_queued = std::max(numbers.max_queued, numbers.queued);
    items.push_back(std::move(item));
}

// False if there is to be none: then the item is lost.
bool UpdateQueue::make_room_for(Item &item)
{
    switch (limits.policy) {
    case Policy::error:
        return false;
    case Policy::block:
        return true; // the caller has looked; what has come already stays
    case Policy::drop_oldest:
        while (over(item.bytes)) {
            drop(std::find_if(items.begin(), items.end(), [](const Item &each) { return bool(each.value); }));
        }
        return true;
    case Policy::squash:
        break;
    }
    if (items.back().value && items.back().type == item.type) {
        Item older = std::move(items.back());
        items.pop_back();
        numbers.bytes -= older.bytes;
        numbers.queued--;
        numbers.squashed++;
        unite_marks(item.value, older.value);
        item.bytes = measure_update(item.value, *item.type);
        return true;
    }
    // the first after an event: two of the connection before become one
    for (auto newer = items.end(); over(item.bytes) && newer != items.begin();) {
        --newer;
        if (newer != items.begin() && squash_into(newer, std::prev(newer)))
            newer = items.end();
    }
    // or the only one of an earlier connection goes, which this one replaces
    while (over(item.bytes))
        drop(std::find_if(items.begin(), items.end(), [](const Item &each) { return bool(each.value); }));
    return true;
}

bool UpdateQueue::squash_into(Queue::iterator newer, Queue::iterator older)
{
    if (!newer->value || !older->value || newer->type != older->type)
        return false;
    unite_marks(newer->value, older->value);
    numbers.bytes -= older->bytes + newer->bytes;
    newer->bytes = measure_update(newer->value, *newer->type);
    numbers.bytes += newer->bytes;
    numbers.queued--;
    numbers.squashed++;
    items.erase(older);
    return true;
}

void UpdateQueue::drop(Queue::iterator oldest)
{
    const auto next = std::next(oldest);
    if (next != items.end() && next->value && next->type == oldest->type) {
        unite_marks(next->value, oldest->value);
        numbers.bytes -= next->bytes;
        next->bytes = measure_update(next->value, *next->type);
        numbers.bytes += next->bytes;
    }
    numbers.bytes -= oldest->bytes;
    numbers.queued--;
    numbers.dropped++;
    items.erase(oldest);
}

void UpdateQueue::push(SubscriptionEvent &&event)
{
    Item item;
    item.event = std::make_unique<SubscriptionEvent>(std::move(event));
    items.push_back(std::move(item));
    if (++events > most_events && limits.updates != Limits().updates)
        forget_flaps();
}

// Forget the oldest loss of a connection that came back without an update between.
void UpdateQueue::forget_flaps()
{
    using Kind = SubscriptionEvent::Kind;
    const auto is = [](const Item &item, Kind kind) { return item.event && item.event->kind == kind; };
    const auto found = std::adjacent_find(items.begin(), items.end(), [&](const Item &a, const Item &b) {
        return is(a, Kind::disconnected) && is(b, Kind::connected);
    });
    if (found == items.end())
        return;
    items.erase(found, found + 2);
    events -= 2u;
}

UpdateQueue::Items UpdateQueue::take(std::size_t limit, std::size_t bytes)
{
    Items taken;
    taken.reserve(std::min(limit, items.size()));
    while (!items.empty() && taken.size() < limit) {
        Item &first = items.front();
        if (!taken.empty() && first.bytes > bytes)
            break;
        bytes -= std::min(bytes, first.bytes);
        if (first.value) {
            numbers.bytes -= first.bytes;
            numbers.queued--;
            numbers.received++;
        } else {
            events--;
        }
        taken.push_back(std::move(first));
        items.pop_front();
    }
    return taken;
}

void UpdateQueue::clear()
{
    numbers.dropped += numbers.queued;
    numbers.queued = numbers.bytes = 0u;
    events = 0u;
    items.clear();
}

} // namespace aiopvxs
