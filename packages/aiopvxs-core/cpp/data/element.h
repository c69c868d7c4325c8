// From a type code, known at run time, to the C++ type of its elements.
#pragma once

#include <cstdint>
#include <stdexcept>

#include "python.h"

namespace aiopvxs
{

template <typename T>
struct Tag {
    using type = T;
};

// Call `f(Tag<T>{})` for the element type T of a bool or numeric code, scalar or array.
template <typename F>
auto with_number(pvxs::TypeCode code, F &&f)
{
    switch (code.scalarOf().code) {
    case pvxs::TypeCode::Bool:
        return f(Tag<bool>{});
    case pvxs::TypeCode::Int8:
        return f(Tag<std::int8_t>{});
    case pvxs::TypeCode::Int16:
        return f(Tag<std::int16_t>{});
    case pvxs::TypeCode::Int32:
        return f(Tag<std::int32_t>{});
    case pvxs::TypeCode::Int64:
        return f(Tag<std::int64_t>{});
    case pvxs::TypeCode::UInt8:
        return f(Tag<std::uint8_t>{});
    case pvxs::TypeCode::UInt16:
        return f(Tag<std::uint16_t>{});
    case pvxs::TypeCode::UInt32:
        return f(Tag<std::uint32_t>{});
    case pvxs::TypeCode::UInt64:
        return f(Tag<std::uint64_t>{});
    case pvxs::TypeCode::Float32:
        return f(Tag<float>{});
    case pvxs::TypeCode::Float64:
        return f(Tag<double>{});
    default:
        throw std::logic_error("not a numeric type code");
    }
}

// pvxs says of Null too that it is an array.
inline bool is_array(pvxs::TypeCode code) { return code != pvxs::TypeCode::Null && code.isarray(); }

inline bool is_number(pvxs::TypeCode code)
{
    const pvxs::Kind kind = code.kind();
    return kind == pvxs::Kind::Bool || kind == pvxs::Kind::Integer || kind == pvxs::Kind::Real;
}

} // namespace aiopvxs
