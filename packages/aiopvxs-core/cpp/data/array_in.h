// Python objects to arrays.
#pragma once

#include "data/where.h"
#include "python.h"

namespace aiopvxs
{

// The object's elements as an array of the element type of the field's code (a bool, numeric or string
// array). One copy, with the GIL released for a large one; none if nobody can write to the memory.
// Raises ShapeError, NoConvert or OutOfRange.
pvxs::shared_array<const void> array_from(py::handle object, const Target &target);

} // namespace aiopvxs
