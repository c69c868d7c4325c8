// One Python object to one C++ number or string, strictly.
#pragma once

#include <string>

#include "data/where.h"
#include "python.h"

namespace aiopvxs
{

// The object as an exact element of T (bool, an integer, float, double); raises NoConvert or OutOfRange.
template <typename T>
T number_from(py::handle object, const Target &target);

// Store the object if the field is a bool or a number; false if it is not.
bool store_number(pvxs::Value &field, py::handle object, const Where &where);

std::string string_from(py::handle object, const Target &target);

} // namespace aiopvxs
