// Python objects to unions, Any and arrays of structures, unions and Any.
#pragma once

#include "data/where.h"
#include "python.h"

namespace aiopvxs
{

// A value of the type of `field`, which is such a leaf, with the object in it; `field` stays as it is.
// Raises the data errors.
pvxs::Value compound_from(const pvxs::Value &field, py::handle object, const Where &where);

} // namespace aiopvxs
