// The few Python types behind the many that stand for a number or a text.
#pragma once

#include "data/where.h"
#include "python.h"

namespace aiopvxs
{

// The int, float, bool, str or bytes that an object stands for: those themselves, numpy scalars, members
// of an Enum (their value), leaf Values, and whatever has __index__ or __float__. Raises NoConvert for
// anything else.
py::object plain(py::handle object, const Target &target);

// True for a member of an Enum.
bool is_enum_member(py::handle object);

// True for a dict and whatever else is registered as a mapping.
bool is_mapping(py::handle object);

// The dimensions that an object with an attribute ndim says it has; -1 if what it says is no number.
long dimensions_of(py::handle object);

// The items of a sequence in a tuple of its own, since converting an item may run Python code that changes
// the sequence. Raises NoConvert for a memoryview of a format that Python cannot read.
py::tuple items_of(py::handle sequence, const Target &target);

// True for a list, tuple, array or other thing of several elements (str and bytes are not).
bool has_elements(py::handle object);

} // namespace aiopvxs
