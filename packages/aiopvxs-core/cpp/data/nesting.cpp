#include "data/nesting.h"

#include <algorithm>

#include "data/compound.h"
#include "data/element.h"
#include "errors.h"

namespace aiopvxs::nesting
{

namespace
{

thread_local int level = 0;

[[noreturn]] void refuse(const Where &where)
{
    constexpr size_t shown = 40;
    errors::raise("NoConvert", "field '" + where.path().substr(0, shown) +
                                   "...' cannot take something nested more than " + std::to_string(most) +
                                   " levels deep");
}

// Levels of unions, Any and compound arrays in a value; not looked for beyond `enough`.
int depth(const pvxs::Value &value, int enough)
{
    const pvxs::TypeCode code = value.type();
    int deepest = 0;
    const auto look_into = [&](const pvxs::Value &inner) {
        if (inner && deepest < enough)
            deepest = std::max(deepest, 1 + depth(inner, enough - 1));
    };
    if (code == pvxs::TypeCode::Struct) {
        for (const pvxs::Value &field : value.iall()) {
            if (field.type() != pvxs::TypeCode::Struct && field.type().kind() == pvxs::Kind::Compound)
                deepest = std::max(deepest, depth(field, enough));
        }
    } else if (code == pvxs::TypeCode::Union || code == pvxs::TypeCode::Any) {
        look_into(value.as<pvxs::Value>());
    } else if (is_array(code) && code.kind() == pvxs::Kind::Compound) {
        for (const pvxs::Value &element : elements(value))
            look_into(element);
    }
    return deepest;
}

} // namespace

Level::Level(const Where &where)
{
    if (level >= most)
        refuse(where);
    level++;
}

Level::~Level() { level--; }

void check(const pvxs::Value &value, const Where &where)
{
    const int left = most - level;
    if (depth(value, left + 1) > left)
        refuse(where);
}

} // namespace aiopvxs::nesting
