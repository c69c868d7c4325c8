// The operations of Value that programs do most, as slots of its Python type.
//
// A method bound by pybind11 costs about 100 ns before it does anything, and __getattr__ is asked only
// after an AttributeError was made and thrown away. These are called by the interpreter directly.
#pragma once

#include "python.h"

namespace aiopvxs::slots
{

// For pybind11::custom_type_setup: v[key], v[key] = x, v.name, v.name = x, int(), float(), bool().
void set(PyHeapTypeObject *type);

} // namespace aiopvxs::slots
