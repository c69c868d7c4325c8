// Where the elements of an array are, whatever object has them.
#pragma once

#include <cstddef>

#include "data/where.h"
#include "python.h"

namespace aiopvxs
{

// One dimension of numbers somewhere in memory.
struct Elements {
    enum class Kind { boolean, signed_integer, unsigned_integer, real };
    const char *first = nullptr;
    py::ssize_t stride = 0; // bytes; may be negative or 0
    std::size_t count = 0;
    Kind kind = Kind::boolean;
    std::size_t size = 1; // bytes of one element
    bool swapped = false; // not in this machine's byte order

    // The type code of such an element; Null if PVA has none.
    pvxs::TypeCode type() const;

    static Elements of(const pvxs::shared_array<const void> &array);
};

// The byte order of this machine.
bool little_endian();
// Turn round the bytes of each element.
void swap_bytes(char *elements, std::size_t size, std::size_t count);

// An object's buffer, held as long as this lives.
class Buffer
{
public:
    Buffer() = default;
    ~Buffer();
    Buffer(const Buffer &) = delete;
    Buffer &operator=(const Buffer &) = delete;

    // True if the object gave a buffer; false (and no Python error) if it has none to give.
    bool open(py::handle object);
    int dimensions() const { return view.ndim; }
    // False if what is in it is no bool, integer or float of a size that C++ has.
    bool numbers(Elements &elements) const;
    // The format character of Python's struct module, without the byte order.
    char format() const;

private:
    Py_buffer view{};
    bool opened = false;
};

} // namespace aiopvxs
