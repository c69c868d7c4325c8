#include "data/same_type.h"

namespace aiopvxs
{

namespace
{

using pvxs::TypeCode;

// Codes and numbers of members, names aside: what equalType() takes for granted.
bool same_shape(const pvxs::Value &a, const pvxs::Value &b)
{
    const TypeCode code = a.type();
    if (code != b.type())
        return false;
    if (code == TypeCode::StructA || code == TypeCode::UnionA) {
        pvxs::Value of_a = a, of_b = b; // other references: allocMember() is not const
        return same_shape(of_a.allocMember(), of_b.allocMember());
    }
    if (code != TypeCode::Struct && code != TypeCode::Union)
        return true;
    if (a.nmembers() != b.nmembers())
        return false;
    auto other = b.ichildren().begin();
    for (const pvxs::Value &member : a.ichildren()) {
        if (!same_shape(member, *other))
            return false;
        ++other;
    }
    return true;
}

} // namespace

bool same_type(const pvxs::Value &a, const pvxs::Value &b)
{
    if (!a || !b)
        return !a && !b;
    if (&a.id() == &b.id()) // every node of a type owns its id
        return true;
    return same_shape(a, b) && a.equalType(b);
}

} // namespace aiopvxs
