#include "data/array_copy.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include "data/element.h"
#include "data/text.h"

namespace aiopvxs
{

namespace
{

// A IEEE 754 half as it lies in memory; C++17 has no such type.
struct Half {
    std::uint16_t bits;
};

float widen(Half half)
{
    const int exponent = (half.bits >> 10) & 0x1f;
    const float mantissa = static_cast<float>(half.bits & 0x3ff);
    float number;
    if (exponent == 0)
        number = std::ldexp(mantissa, -24);
    else if (exponent == 31)
        number = mantissa != 0.0f ? std::numeric_limits<float>::quiet_NaN()
                                  : std::numeric_limits<float>::infinity();
    else
        number = std::ldexp(mantissa + 1024.0f, exponent - 25);
    return half.bits & 0x8000 ? -number : number;
}

template <typename S>
S load(const char *from, bool swapped)
{
    unsigned char bytes[sizeof(S)];
    std::memcpy(bytes, from, sizeof(S));
    if (swapped)
        std::reverse(bytes, bytes + sizeof(S));
    if constexpr (std::is_same_v<S, bool>) {
        return bytes[0] != 0;
    } else {
        S number;
        std::memcpy(&number, bytes, sizeof(S));
        return number;
    }
}

// Call `f(Tag<S>{})` for the type of the elements in memory.
template <typename F>
auto with_source(const Elements &from, F &&f)
{
    switch (from.kind) {
    case Elements::Kind::signed_integer:
        switch (from.size) {
        case 1:
            return f(Tag<std::int8_t>{});
        case 2:
            return f(Tag<std::int16_t>{});
        case 4:
            return f(Tag<std::int32_t>{});
        default:
            return f(Tag<std::int64_t>{});
        }
    case Elements::Kind::unsigned_integer:
        switch (from.size) {
        case 1:
            return f(Tag<std::uint8_t>{});
        case 2:
            return f(Tag<std::uint16_t>{});
        case 4:
            return f(Tag<std::uint32_t>{});
        default:
            return f(Tag<std::uint64_t>{});
        }
    case Elements::Kind::real:
        if (from.size == 2)
            return f(Tag<Half>{});
        if (from.size == 4)
            return f(Tag<float>{});
        return f(Tag<double>{});
    default:
        return f(Tag<bool>{});
    }
}

template <typename T, typename S>
bool fits(S number)
{
    if constexpr (std::is_same_v<S, bool> || std::is_same_v<S, T>) {
        return true;
    } else if constexpr (std::is_floating_point_v<T>) {
        if constexpr (std::is_floating_point_v<S>)
            return !std::isfinite(number) || std::isfinite(static_cast<T>(number));
        else
            return true;
    } else if constexpr (std::is_signed_v<S>) {
        const auto wide = static_cast<std::int64_t>(number);
        if (wide < 0)
            return std::is_signed_v<T> && wide >= static_cast<std::int64_t>(std::numeric_limits<T>::min());
        return static_cast<std::uint64_t>(wide) <= static_cast<std::uint64_t>(std::numeric_limits<T>::max());
    } else {
        return static_cast<std::uint64_t>(number) <=
               static_cast<std::uint64_t>(std::numeric_limits<T>::max());
    }
}

template <typename T, typename S>
std::size_t copy_typed(const Elements &from, T *out)
{
    if constexpr (std::is_floating_point_v<S> && !std::is_floating_point_v<T>) {
        return 0; // refused by converts() before
    } else {
        if constexpr (std::is_same_v<S, T> && !std::is_same_v<T, bool>) {
            if (!from.swapped && from.stride == static_cast<py::ssize_t>(sizeof(T))) {
                std::memcpy(out, from.first, from.count * sizeof(T));
                return from.count;
            }
        }
        const char *at = from.first;
        for (std::size_t i = 0; i < from.count; i++, at += from.stride) {
            const S number = load<S>(at, from.swapped);
            if (!fits<T, S>(number))
                return i;
            out[i] = static_cast<T>(number);
        }
        return from.count;
    }
}

template <typename T>
std::size_t copy_halves(const Elements &from, T *out)
{
    if constexpr (std::is_floating_point_v<T>) {
        const char *at = from.first;
        for (std::size_t i = 0; i < from.count; i++, at += from.stride)
            out[i] = widen(Half{load<std::uint16_t>(at, from.swapped)});
        return from.count;
    } else {
        return 0;
    }
}

} // namespace

bool converts(const Elements &from, pvxs::TypeCode to)
{
    return from.kind != Elements::Kind::real || to.kind() == pvxs::Kind::Real;
}

std::size_t copy_elements(const Elements &from, pvxs::TypeCode to, void *out) noexcept
{
    return with_number(to, [&](auto target) {
        using T = typename decltype(target)::type;
        return with_source(from, [&](auto source) -> std::size_t {
            using S = typename decltype(source)::type;
            if constexpr (std::is_same_v<S, Half>)
                return copy_halves(from, static_cast<T *>(out));
            else
                return copy_typed<T, S>(from, static_cast<T *>(out));
        });
    });
}

std::string element_text(const Elements &from, std::size_t index)
{
    const char *at = from.first + static_cast<py::ssize_t>(index) * from.stride;
    return with_source(from, [&](auto source) -> std::string {
        using S = typename decltype(source)::type;
        if constexpr (std::is_same_v<S, Half>)
            return "float " + float_text(widen(Half{load<std::uint16_t>(at, from.swapped)}), true);
        else if constexpr (std::is_floating_point_v<S>)
            return "float " + float_text(load<S>(at, from.swapped), sizeof(S) == 4);
        else
            return "int " + std::to_string(load<S>(at, from.swapped));
    });
}

} // namespace aiopvxs
