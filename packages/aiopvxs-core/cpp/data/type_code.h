// Type codes as Python gives them.
#pragma once

#include "python.h"

namespace aiopvxs
{

// From a TypeCode, a TypeCodeEnum or its number, bool, int, float, str, list[float] and so on, a numpy
// dtype or scalar type; raises TypeError or ValueError.
pvxs::TypeCode type_code_from(py::handle object);

// Of a numpy dtype or scalar type; Null for one that PVA has not.
pvxs::TypeCode type_code_or_null(py::handle dtype);

// True for what says a type wherever it stands: a TypeCode, TypeCodeEnum, class such as float, list[float],
// numpy dtype. (A number may also just be a number.)
bool names_type(py::handle object);

// The TypeCode object of this code.
py::object type_code_object(pvxs::TypeCode code);

// The member of TypeCodeEnum.
py::object type_code_enum(pvxs::TypeCode code);

void register_type_code(py::module_ &m);

} // namespace aiopvxs
