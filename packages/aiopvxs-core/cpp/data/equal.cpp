#include "data/equal.h"

#include <cstring>

#include "data/compound.h"
#include "data/element.h"
#include "data/same_type.h"

namespace aiopvxs
{

namespace
{

using Array = pvxs::shared_array<const void>;

template <typename T>
bool same(const T &a, const T &b)
{
    return a == b || (a != a && b != b);
}

template <typename T>
bool equal_elements(const Array &a, const Array &b)
{
    const auto *left = static_cast<const T *>(a.data());
    const auto *right = static_cast<const T *>(b.data());
    for (size_t i = 0; i < a.size(); i++) {
        if (!same(left[i], right[i]))
            return false;
    }
    return true;
}

bool equal_arrays(const pvxs::Value &a, const pvxs::Value &b)
{
    const auto left = a.as<Array>();
    const auto right = b.as<Array>();
    if (left.size() != right.size())
        return false;
    if (left.empty() || left.data() == right.data())
        return true;
    if (a.type() == pvxs::TypeCode::StringA)
        return equal_elements<std::string>(left, right);
    return with_number(a.type(),
                       [&](auto tag) { return equal_elements<typename decltype(tag)::type>(left, right); });
}

bool equal(const Selected &a, const Selected &b)
{
    return a.name == b.name && aiopvxs::equal(a.content, b.content);
}

bool equal_compound_arrays(const pvxs::Value &a, const pvxs::Value &b)
{
    const auto left = elements(a);
    const auto right = elements(b);
    if (left.size() != right.size())
        return false;
    for (size_t i = 0; i < left.size(); i++) {
        const bool same = a.type() == pvxs::TypeCode::UnionA
                              ? equal(selected(a, left[i]), selected(b, right[i]))
                              : aiopvxs::equal(left[i], right[i]);
        if (!same)
            return false;
    }
    return true;
}

// Both of the same type code.
bool equal_content(const pvxs::Value &a, const pvxs::Value &b)
{
    const pvxs::TypeCode code = a.type();
    switch (code.code) {
    case pvxs::TypeCode::Union:
        return equal(selected(a), selected(b));
    case pvxs::TypeCode::Any:
        return aiopvxs::equal(a.as<pvxs::Value>(), b.as<pvxs::Value>());
    case pvxs::TypeCode::StructA:
    case pvxs::TypeCode::UnionA:
    case pvxs::TypeCode::AnyA:
        return equal_compound_arrays(a, b);
    case pvxs::TypeCode::String:
        return a.as<std::string>() == b.as<std::string>();
    case pvxs::TypeCode::Float32:
    case pvxs::TypeCode::Float64:
        return same(a.as<double>(), b.as<double>());
    default:
        return code.isarray() ? equal_arrays(a, b) : a.as<std::int64_t>() == b.as<std::int64_t>();
    }
}

} // namespace

bool equal(const pvxs::Value &a, const pvxs::Value &b)
{
    if (!a || !b)
        return !a && !b;
    if (!same_type(a, b))
        return false;
    if (a.type() != pvxs::TypeCode::Struct)
        return equal_content(a, b);
    auto other = b.iall().begin();
    for (const pvxs::Value &field : a.iall()) {
        const pvxs::Value counterpart = *other;
        ++other;
        if (field.type() != pvxs::TypeCode::Struct && !equal_content(field, counterpart))
            return false;
    }
    return true;
}

} // namespace aiopvxs
