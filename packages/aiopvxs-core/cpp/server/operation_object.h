// Operations in progress, as Python sees them: a type written to Python's C API, for one is made, asked and
// freed for each put, and pybind11's instances and calls cost as much as the rest of a short handler.
#pragma once

#include "python.h"
#include "server/operation_handle.h"

namespace aiopvxs::server
{

class OperationObject
{
public:
    // Before make(), which is its only constructor.
    static py::object make_type(py::module_ &m);
    static py::object make(OperationHandle &&handle);

private:
    static OperationHandle &of(PyObject *object)
    {
        return reinterpret_cast<OperationObject *>(object)->handle;
    }

    template <auto read>
    static PyObject *get(PyObject *object, void *);
    static void destroy(PyObject *object);
    static PyObject *roles(PyObject *object, PyObject *);
    static PyObject *reply(PyObject *object, PyObject *const *arguments, Py_ssize_t count);
    static PyObject *error(PyObject *object, PyObject *text);
    static PyObject *log(PyObject *object, PyObject *const *arguments, Py_ssize_t count);

    PyObject ob_base;
    OperationHandle handle; // made and ended by make() and destroy(), for Python moves nothing
};

} // namespace aiopvxs::server
