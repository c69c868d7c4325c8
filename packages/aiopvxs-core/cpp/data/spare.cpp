#include "data/spare.h"

#include <array>
#include <memory>
#include <vector>

#include "data/clone.h"

namespace aiopvxs::spare
{

namespace
{

constexpr unsigned type_bits = 4;
constexpr std::size_t most_of_a_type = 8;

// How many share the storage of a value is known only to its private member. An explicit instantiation may
// name it.
using Store = std::shared_ptr<pvxs::impl::FieldStorage>;

struct StoreOfValue {
    using Member = Store pvxs::Value::*;
    friend Member store_of(StoreOfValue);
};

template <typename Tag, typename Tag::Member pointer>
struct Expose {
    friend typename Tag::Member store_of(Tag) { return pointer; }
};

template struct Expose<StoreOfValue, &pvxs::Value::store>;

struct Kept {
    pvxs::Value prototype; // keeps the type alive, so that its address stays its own
    std::vector<pvxs::Value> values;
};

// Every node of a type owns its id: the address of that names the type.
Kept &kept_of(const void *type)
{
    // never destroyed: Python objects end late
    static auto *const table = new std::array<Kept, 1 << type_bits>;
    const auto number = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(type));
    return (*table)[(number * 0x9e3779b97f4a7c15u) >> (64 - type_bits)];
}

} // namespace

pvxs::Value take(const pvxs::Value &prototype)
{
    Kept &kept = kept_of(&prototype.id());
    if (!kept.prototype || &kept.prototype.id() != &prototype.id()) {
        kept.values.clear();
        kept.prototype = shares_parts(prototype) ? pvxs::Value() : prototype;
    }
    if (kept.values.empty())
        return prototype.cloneEmpty();
    pvxs::Value value = std::move(kept.values.back());
    kept.values.pop_back();
    return value;
}

void keep(pvxs::Value &&value) noexcept
{
    // a view would keep the whole alive; unions and Any hold weak references to what they are in
    if (!value || (value.*store_of(StoreOfValue{})).use_count() != 1)
        return;
    Kept &kept = kept_of(&value.id());
    if (!kept.prototype || &kept.prototype.id() != &value.id() || kept.values.size() >= most_of_a_type)
        return;
    try {
        kept.values.reserve(most_of_a_type);
        value.clear();
        kept.values.push_back(std::move(value));
    } catch (std::bad_alloc &) {
        // then it is not kept
    }
}

} // namespace aiopvxs::spare
