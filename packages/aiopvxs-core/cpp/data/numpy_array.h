// Arrays as numpy sees them, without copying. numpy is imported by the first call, not before.
#pragma once

#include <optional>

#include "python.h"

namespace aiopvxs::numpy_array
{

// A read-only ndarray over the memory of a bool or numeric array field, which it keeps alive.
py::object view(const pvxs::shared_array<const void> &array, pvxs::TypeCode code);

// The memory of an ndarray as an array of this code, without a copy: if the element types are the same
// and nobody can ever write to it. Needs numpy only if the object is an ndarray.
std::optional<pvxs::shared_array<const void>> share(py::handle object, pvxs::TypeCode code);

// A read-only ndarray of str: numpy's StringDType, or Python objects where numpy has none or it cannot hold
// them (surrogates).
py::object texts(const py::list &items);

// numpy.asarray(object).
py::object from_object(py::handle object);

} // namespace aiopvxs::numpy_array
