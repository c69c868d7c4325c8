// Pickling and copying, of the classes of this module.
#pragma once

#include "python.h"

namespace aiopvxs
{

// Add __reduce__, which aiopvxs_core._pickle.`reduce` makes.
template <typename Class>
void add_pickling(Class &cls, const char *reduce)
{
    cls.def("__reduce__", [reduce](const py::object &self) {
        return py::module_::import("aiopvxs_core._pickle").attr(reduce)(self);
    });
}

// Add __copy__ and __deepcopy__ to a class whose objects do not change: the copy is the object.
template <typename Class>
void add_immutable_copies(Class &cls)
{
    cls.def("__copy__", [](py::object self) { return self; })
        .def("__deepcopy__", [](py::object self, py::handle) { return self; }, py::arg("memo"));
}

// What aiopvxs_core._pickle takes values apart and puts them together with.
void register_state(py::module_ &m);

} // namespace aiopvxs
