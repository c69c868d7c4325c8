// Shorthands for types that are written to Python's C API, where pybind11 would cost too much.
#pragma once

#include <exception>
#include <stdexcept>
#include <utility>

#include "errors.h"
#include "python.h"

#include <structmember.h> // after Python.h

namespace aiopvxs
{

inline py::object checked(PyObject *made)
{
    if (made == nullptr)
        throw py::error_already_set();
    return py::reinterpret_steal<py::object>(made);
}

// A name that is looked up often; never destroyed, for that would be after the interpreter.
inline PyObject *interned(const char *text)
{
    return checked(PyUnicode_InternFromString(text)).release().ptr();
}

inline py::object call(PyObject *of, PyObject *method)
{
    return checked(PyObject_CallMethodNoArgs(of, method));
}

inline py::object call(PyObject *of, PyObject *method, PyObject *argument)
{
    return checked(PyObject_CallMethodOneArg(of, method, argument));
}

inline bool is_true(const py::object &object)
{
    const int truth = PyObject_IsTrue(object.ptr());
    if (truth < 0)
        throw py::error_already_set();
    return truth > 0;
}

// As hasattr() has it: what is not an AttributeError is thrown.
inline bool has_attribute(py::handle object, const char *name)
{
    PyObject *found = PyObject_GetAttrString(object.ptr(), name);
    if (found == nullptr && !PyErr_ExceptionMatches(PyExc_AttributeError))
        throw py::error_already_set();
    PyErr_Clear();
    Py_XDECREF(found);
    return found != nullptr;
}

// A function that takes more than two arguments, for PyMethodDef.
template <typename Function>
PyCFunction method_function(Function *function)
{
    return reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
}

// Run what may throw; an exception becomes Python's, and the result `failure`.
template <typename Result, typename Function>
Result guarded_call(Result failure, Function &&function) noexcept
{
    try {
        return function();
    } catch (py::error_already_set &error) {
        error.restore();
    } catch (py::builtin_exception &error) {
        error.set_error();
    } catch (std::exception &) {
        try {
            errors::translate(std::current_exception());
        } catch (std::exception &error) {
            PyErr_SetString(PyExc_RuntimeError, error.what());
        }
    }
    return failure;
}

} // namespace aiopvxs
