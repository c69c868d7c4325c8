// Methods with a way around pybind11 for the calls that programs do most.
//
// pybind11 packs the arguments into a tuple and converts each of them: some 70 ns. A method that is called
// very often gets a function of its own, which passes on to pybind11 whatever is not the usual call.
#pragma once

#include "python.h"

namespace aiopvxs::fast_method
{

// The arguments of METH_FASTCALL | METH_KEYWORDS.
struct Call {
    PyObject *self;
    PyObject *const *arguments;
    Py_ssize_t positional;
    PyObject *names;
};

using Function = PyObject *(*)(PyObject *, PyObject *const *, Py_ssize_t, PyObject *);

// Put `function` in the place of a method that pybind11 has defined; name and docstring stay. Returns the
// method as pybind11 made it. Both live for ever.
PyObject *replace(py::handle cls, const char *name, Function function);

// Let pybind11's method do it.
PyObject *pass_on(PyObject *method, const Call &call);

} // namespace aiopvxs::fast_method
