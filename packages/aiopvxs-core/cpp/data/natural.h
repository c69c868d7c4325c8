// The PVA type that a Python object has by itself.
#pragma once

#include "python.h"

namespace aiopvxs
{

struct Natural {
    // Null: none. A list or tuple is the array of what its items are, AnyA if they differ.
    pvxs::TypeCode code = pvxs::TypeCode::Null;
    bool exact =
        false; // the object says so itself (numpy, array.array), it is not just how Python has numbers
    bool empty = false; // a list without items, which says nothing about them
};

// bool Bool, int Int64 or UInt64, float Float64, str String, bytes UInt8A, dict Struct; numpy scalars and
// arrays and other buffers of numbers their own; members of an Enum as their value, leaf Values as their
// field.
Natural natural(py::handle object);

} // namespace aiopvxs
