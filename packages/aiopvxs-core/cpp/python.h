// The one way in which this project includes pybind11 and pvxs: the namespace alias and the headers
// that every binding needs, so that no translation unit sees a type without its caster.
#pragma once

#include <pybind11/native_enum.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <pvxs/data.h>

namespace py = pybind11;
