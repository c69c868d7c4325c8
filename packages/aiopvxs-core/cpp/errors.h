// Python exceptions from C++. The classes are declared in aiopvxs_core/errors.py: names and bases are
// Python's to decide; this file only finds and fills them.
#pragma once

#include <exception>
#include <string>

#include "python.h"

namespace aiopvxs::errors
{

// The class `name` of aiopvxs_core.errors. Needs the GIL.
py::object find(const char *name);

// Raise aiopvxs_core.errors.`name`(message). Needs the GIL.
[[noreturn]] void raise(const char *name, const std::string &message);

// Raise `type`(message), for exceptions that are Python's own. Needs the GIL.
[[noreturn]] void raise(py::handle type, const std::string &message);

// Set the Python error for an exception of pvxs, or throw it again if it is of none of its classes. For
// pybind11, and for type slots, which pybind11 does not watch. Needs the GIL.
void translate(std::exception_ptr thrown);

} // namespace aiopvxs::errors
