// The updates of one subscription on their way to Python: a bounded queue that says what it loses.
#pragma once

#include <cstddef>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "client/fifo.h"
#include "client/subscription_event.h"
#include "python.h"

namespace aiopvxs
{

// Not thread-safe: its Subscription's mutex guards it. Destroying what it holds runs no Python.
class UpdateQueue
{
public:
    // What becomes of an update for which there is no room.
    enum class Policy {
        squash,      // the newest two become one
        drop_oldest, // the oldest goes, its marks to the next
        block,       // it is not taken from pvxs: see full()
        error,       // it is lost, and the subscription ends
    };

    struct Limits {
        std::size_t updates = std::numeric_limits<std::size_t>::max();
        std::size_t bytes = std::numeric_limits<std::size_t>::max();
        Policy policy = Policy::squash;
    };

    // What has to be known of a type for each update.
    struct Facts {
        const std::string *id = nullptr; // which every node of a type owns: its address names the type
        std::size_t flat = 0;            // bytes of a value besides fields with contents that count
        bool large = false;              // there are such fields
        bool deep = false;               // values share mutable parts with pvxs
        bool small = false;              // few fields, no arrays, unions or Any among them
    };
    // What has to be known of a type once.
    struct Type {
        pvxs::Value prototype;          // keeps the type alive, so that its address stays its own
        std::vector<std::string> large; // fields with contents that count
        Facts facts;
    };

    // An update, or an event if `value` is null.
    struct Item {
        pvxs::Value value;
        // Valid while it is queued; what matters later is said below. A counted reference would be counted by
        // two threads, for each update.
        const Type *type = nullptr;
        std::size_t bytes = 0;
        bool deep = false;  // as the type's
        bool small = false; // as well
        std::unique_ptr<SubscriptionEvent> event;
    };
    using Items = std::vector<Item>;

    // Always arrived == received + queued + squashed + dropped. Events are not counted.
    struct Counts {
        std::size_t arrived = 0;
        std::size_t received = 0;
        std::size_t queued = 0;
        std::size_t max_queued = 0;
        std::size_t squashed = 0;
        std::size_t dropped = 0;
        std::size_t bytes = 0; // of those queued, about
    };

    explicit UpdateQueue(const Limits &with_limits) : limits(with_limits) {}

    // Whether pvxs is to keep what it has.
    bool full() const { return limits.policy == Policy::block && over(); }
    bool empty() const { return items.empty(); }
    // Whether the half of what may wait does.
    bool filling() const
    {
        return numbers.queued >= limits.updates / 2u || numbers.bytes >= limits.bytes / 2u;
    }
    // Whether values of the latest type share mutable parts with pvxs.
    bool deep() const { return facts.deep; }
    const Counts &counts() const { return numbers; }

    // Append an update, complete as pvxs makes them; false if that was an overflow under Policy::error.
    bool push(pvxs::Value &&value);
    void push(SubscriptionEvent &&event);
    // Remove the oldest items: at most `limit` of them, and so many that their bytes do not exceed `bytes`,
    // but one at least.
    Items take(std::size_t limit, std::size_t bytes);
    // Drop everything.
    void clear();

private:
    using Queue = Fifo<Item>;

    bool over(std::size_t more = 0) const
    {
        return numbers.queued > 0 &&
               (numbers.queued >= limits.updates || limits.bytes < numbers.bytes + more);
    }
    void look_at_type_of(const pvxs::Value &value);
    std::size_t measure(const pvxs::Value &value) const;
    void append(Item &&item);
    bool make_room_for(Item &item);
    bool squash_into(Queue::iterator newer, Queue::iterator older);
    void drop(Queue::iterator oldest);
    void forget_flaps();

    const Limits limits;
    Queue items;
    Counts numbers;
    std::size_t events = 0; // queued
    Facts facts;            // of the latest type, here: so an update touches less memory
    const Type *latest = nullptr;
    std::vector<std::unique_ptr<const Type>> types; // of what is queued, and the latest, which is the last
};

// Mark in `newer` what is marked in `older`; both are of one type instance. Copies and throws nothing.
void unite_marks(pvxs::Value &newer, const pvxs::Value &older) noexcept;

} // namespace aiopvxs
