// Reading what pvxs keeps inside unions, Any and compound arrays. No function here needs the GIL.
#pragma once

#include <string>

#include "python.h"

namespace aiopvxs
{

// The elements of a struct, union or Any array, some of which may be Null. (An empty array has lost its
// type in pvxs and cannot be cast as it is.)
inline pvxs::shared_array<const pvxs::Value> elements(const pvxs::Value &array)
{
    const auto raw = array.as<pvxs::shared_array<const void>>();
    if (raw.empty())
        return {};
    return raw.castTo<const pvxs::Value>();
}

// What a union or Any holds, through any number of them; other fields are themselves. Null if a union
// or Any on the way is.
inline pvxs::Value content(pvxs::Value inner)
{
    while (inner.type() == pvxs::TypeCode::Union || inner.type() == pvxs::TypeCode::Any) {
        pvxs::Value next = inner.as<pvxs::Value>();
        inner = std::move(next);
    }
    return inner;
}

// The selected member of a union; without a name if there is none.
struct Selected {
    std::string name;
    pvxs::Value content;
};

Selected selected(const pvxs::Value &field);

// The same of an element of a union array. pvxs decodes such an element to the bare member, which it
// would then encode without saying which member it is; an element made by allocMember() is a union.
Selected selected(const pvxs::Value &array, const pvxs::Value &element);

} // namespace aiopvxs
