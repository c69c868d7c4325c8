// Marks: which leaves were assigned, or sent. A mark on a structure means everything in it.
#pragma once

#include "data/py_value.h"
#include "python.h"

namespace aiopvxs::marks
{

// Dotted names of the marked leaves below a structure.
py::set names(const pvxs::Value &structure);

// Mark the field; a structure: every leaf in it.
void set(pvxs::Value field);

// Remove all marks of `field`, a part of `top`.
void clear(pvxs::Value top, pvxs::Value field);

} // namespace aiopvxs::marks
