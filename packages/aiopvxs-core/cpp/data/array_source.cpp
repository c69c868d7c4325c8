#include "data/array_source.h"

#include <algorithm>
#include <cstring>

namespace aiopvxs
{

namespace
{

bool is_order(char c) { return c && std::strchr("@=<>!|", c) != nullptr; }

} // namespace

bool little_endian()
{
    const std::uint16_t one = 1;
    unsigned char first;
    std::memcpy(&first, &one, 1);
    return first == 1;
}

void swap_bytes(char *elements, std::size_t size, std::size_t count)
{
    for (std::size_t i = 0; i < count; i++)
        std::reverse(elements + i * size, elements + (i + 1) * size);
}

Elements Elements::of(const pvxs::shared_array<const void> &array)
{
    Elements result;
    if (array.empty())
        return result;
    const pvxs::TypeCode code(static_cast<std::uint8_t>(array.original_type()));
    result.first = static_cast<const char *>(array.data());
    result.count = array.size();
    result.size = code.size();
    result.stride = static_cast<py::ssize_t>(result.size);
    if (code.kind() == pvxs::Kind::Bool)
        result.kind = Kind::boolean;
    else if (code.kind() == pvxs::Kind::Real)
        result.kind = Kind::real;
    else
        result.kind = code.isunsigned() ? Kind::unsigned_integer : Kind::signed_integer;
    return result;
}

pvxs::TypeCode Elements::type() const
{
    using pvxs::TypeCode;
    const unsigned order = size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3;
    const auto sized = [order](TypeCode::code_t smallest) {
        return TypeCode(static_cast<std::uint8_t>(smallest | order));
    };
    switch (kind) {
    case Kind::boolean:
        return TypeCode::Bool;
    case Kind::signed_integer:
        return sized(TypeCode::Int8);
    case Kind::unsigned_integer:
        return sized(TypeCode::UInt8);
    default:
        return size == 8 ? TypeCode::Float64 : TypeCode::Float32; // which holds every half
    }
}

Buffer::~Buffer()
{
    if (opened)
        PyBuffer_Release(&view);
}

bool Buffer::open(py::handle object)
{
    if (!PyObject_CheckBuffer(object.ptr()))
        return false;
    opened = PyObject_GetBuffer(object.ptr(), &view, PyBUF_FULL_RO) == 0;
    if (!opened)
        PyErr_Clear(); // numpy has arrays (of dates, say) that it cannot describe as a buffer
    return opened;
}

char Buffer::format() const
{
    const char *text = view.format ? view.format : "B";
    if (is_order(*text))
        text++;
    return text[0] && !text[1] ? text[0] : '\0';
}

bool Buffer::numbers(Elements &elements) const
{
    const char code = format();
    if (!code || view.suboffsets)
        return false;
    elements.size = static_cast<std::size_t>(view.itemsize);
    if (code == '?')
        elements.kind = Elements::Kind::boolean;
    else if (std::strchr("bhilqn", code))
        elements.kind = Elements::Kind::signed_integer;
    else if (std::strchr("BHILQN", code))
        elements.kind = Elements::Kind::unsigned_integer;
    else if (std::strchr("efd", code))
        elements.kind = Elements::Kind::real;
    else
        return false;
    const char order = view.format ? view.format[0] : '@';
    elements.swapped = little_endian() ? order == '>' || order == '!' : order == '<';
    elements.first = static_cast<const char *>(view.buf);
    elements.count = static_cast<std::size_t>(view.shape ? view.shape[0] : view.len / view.itemsize);
    elements.stride = view.strides ? view.strides[0] : view.itemsize;
    return true;
}

} // namespace aiopvxs
