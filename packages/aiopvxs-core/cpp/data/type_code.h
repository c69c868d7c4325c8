// Type codes as Python gives them.
#pragma once

#include "python.h"

namespace aiopvxs
{

// From a TypeCode, a TypeCodeEnum or its number, bool, int, float, str, list[float] and so on, a numpy
// dtype or scalar type; raises TypeError or ValueError.
pvxs::TypeCode type_code_from(py::handle object);

// The member of TypeCodeEnum.
py::object type_code_enum(pvxs::TypeCode code);

void register_type_code(py::module_ &m);

} // namespace aiopvxs
