// A leaf as the Python value that it holds.
#pragma once

#include "data/py_value.h"
#include "python.h"

namespace aiopvxs::leaf
{

// The plain value to compute with, arrays of numbers as numpy has them; TypeError for a structure.
py::object operand(const PyValue &self);

// What bool() gives: of a leaf as of its Python value, an array is true unless empty, a structure always.
bool truth(const PyValue &self);

} // namespace aiopvxs::leaf
