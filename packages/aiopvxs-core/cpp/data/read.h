// Readers of one Python type: as_int, as_float and so on. Strict, like assignment.
#pragma once

#include "data/where.h"
#include "python.h"

namespace aiopvxs::read
{

// Each reads `field`, looking through unions and Any; raises NoConvert where a value of that type would
// not be the same, OutOfRange where it would be too large. The field is not Null.
py::object as_bool(const pvxs::Value &field, const Where &where);
py::object as_int(const pvxs::Value &field, const Where &where);
py::object as_float(const pvxs::Value &field, const Where &where);
py::object as_string(const pvxs::Value &field, const Where &where);
py::object as_list(const pvxs::Value &field, const Where &where);
py::object as_int_list(const pvxs::Value &field, const Where &where);
py::object as_float_list(const pvxs::Value &field, const Where &where);
py::object as_string_list(const pvxs::Value &field, const Where &where);
// A read-only numpy array; of strings, as numpy_array::texts() makes it.
py::object as_array(const pvxs::Value &field, const Where &where);

} // namespace aiopvxs::read
