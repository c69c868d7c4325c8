// Numbers from one memory to another, with every value checked.
#pragma once

#include <cstddef>
#include <string>

#include "data/array_source.h"
#include "python.h"

namespace aiopvxs
{

// Whether elements of this kind are ever stored in a field of this code (a float never is an integer).
bool converts(const Elements &from, pvxs::TypeCode to);

// Copy all elements to `out`, an array of the element type of `to`. Gives the number of elements copied:
// less than `from.count` means that the one of that index is out of range. Needs no GIL.
std::size_t copy_elements(const Elements &from, pvxs::TypeCode to, void *out) noexcept;

// The text of one element, for a message.
std::string element_text(const Elements &from, std::size_t index);

} // namespace aiopvxs
