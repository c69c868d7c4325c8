// Python objects to what an Any holds.
#pragma once

#include "data/where.h"
#include "python.h"

namespace aiopvxs
{

// A value of the type that the object has by itself (data/natural.h), or of the one that a pair
// (type code or TypeDef, object) says; a copy of a Value; Null for None. Raises the data errors.
pvxs::Value any_from(py::handle object, const Where &where);

} // namespace aiopvxs
