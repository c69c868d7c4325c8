#include "data/plain.h"

#include <cstring>

#include "data/convert.h"
#include "data/element.h"
#include "data/recursion.h"

namespace aiopvxs
{

namespace
{

bool type_starts(py::handle object, const char *prefix)
{
    return std::strncmp(Py_TYPE(object.ptr())->tp_name, prefix, std::strlen(prefix)) == 0;
}

// The object may lie about its class, or raise when it is asked for it.
bool is_instance(py::handle object, PyObject *base)
{
    const int result = PyObject_IsInstance(object.ptr(), base);
    if (result < 0)
        throw py::error_already_set();
    return result == 1;
}

// numpy gives these __float__ or __index__ too, but it would drop a unit or the imaginary part
bool loses_meaning(py::handle object)
{
    return PyComplex_Check(object.ptr()) || type_starts(object, "numpy.c") ||
           type_starts(object, "numpy.datetime64") || type_starts(object, "numpy.timedelta64");
}

// A 0-d array of bool: it refuses __index__, and its __float__ would make a float of it.
bool is_bool_array(py::handle object)
{
    return type_starts(object, "numpy.ndarray") && !has_elements(object) &&
           py::str(object.attr("dtype").attr("kind")).equal(py::str("b"));
}

// A TypeError says that the object is no such number; another error is the object's own.
PyObject *unless_type_error(PyObject *result)
{
    if (!result) {
        if (!PyErr_ExceptionMatches(PyExc_TypeError))
            throw py::error_already_set();
        PyErr_Clear();
    }
    return result;
}

// By the number protocol; empty if the object has none, or refuses.
py::object by_protocol(py::handle object)
{
    const PyNumberMethods *number = Py_TYPE(object.ptr())->tp_as_number;
    if (!number || loses_meaning(object) || has_elements(object))
        return {};
    PyObject *result = nullptr;
    if (number->nb_index)
        result = unless_type_error(PyNumber_Index(object.ptr()));
    if (!result && number->nb_float) // a 0-d array of floats has both and refuses the first
        result = unless_type_error(PyNumber_Float(object.ptr()));
    return py::reinterpret_steal<py::object>(result);
}

} // namespace

bool is_enum_member(py::handle object)
{
    static PyObject *const base = py::object(py::module_::import("enum").attr("Enum")).release().ptr();
    return is_instance(object, base);
}

bool is_mapping(py::handle object)
{
    if (PyDict_Check(object.ptr()))
        return true;
    static PyObject *const base =
        py::object(py::module_::import("collections.abc").attr("Mapping")).release().ptr();
    return is_instance(object, base);
}

py::tuple items_of(py::handle sequence, const Target &target)
{
    if (PyObject *items = PySequence_Tuple(sequence.ptr()))
        return py::reinterpret_steal<py::tuple>(items);
    if (!PyMemoryView_Check(sequence.ptr()) || !PyErr_ExceptionMatches(PyExc_NotImplementedError))
        throw py::error_already_set();
    PyErr_Clear();
    raise_no_convert(target, sequence, "its elements are of a format that Python cannot read");
}

long dimensions_of(py::handle object)
{
    const py::object said = object.attr("ndim");
    const long number = PyLong_Check(said.ptr()) ? PyLong_AsLong(said.ptr()) : -1;
    PyErr_Clear();
    return number;
}

bool has_elements(py::handle object)
{
    if (PyUnicode_Check(object.ptr()) || PyBytes_Check(object.ptr()))
        return false;
    if (PyList_Check(object.ptr()) || PyTuple_Check(object.ptr()))
        return true;
    const PySequenceMethods *sequence = Py_TYPE(object.ptr())->tp_as_sequence;
    if (!sequence || !sequence->sq_length)
        return false;
    if (py::isinstance<PyValue>(object))
        return is_array(object.cast<const PyValue &>().value.type());
    const bool sized = PyObject_Size(object.ptr()) >= 0; // a 0-d array raises
    PyErr_Clear();
    return sized;
}

py::object plain(py::handle object, const Target &target)
{
    PyObject *ptr = object.ptr();
    if (PyBool_Check(ptr) || PyLong_CheckExact(ptr) || PyFloat_CheckExact(ptr) || PyUnicode_CheckExact(ptr))
        return py::reinterpret_borrow<py::object>(object);
    if (py::isinstance<PyValue>(object)) {
        const PyValue &source = object.cast<const PyValue &>();
        py::object inner = to_python(source.value, Arrays::list);
        if (!inner.is_none() && !PyDict_Check(inner.ptr()) && !PyList_Check(inner.ptr()))
            return inner;
        raise_no_convert(target, object);
    }
    if (is_enum_member(object)) {
        const RecursionLevel level; // a class may say that a member's value is a member
        return plain(py::getattr(object, "value"), target);
    }
    if (type_starts(object, "numpy.bool") || is_bool_array(object))
        return py::bool_(PyObject_IsTrue(ptr) == 1);
    if (PyLong_Check(ptr) || PyFloat_Check(ptr) || PyUnicode_Check(ptr) || PyBytes_Check(ptr)) {
        if (!loses_meaning(object))
            return py::reinterpret_borrow<py::object>(object);
    }
    py::object number = by_protocol(object);
    if (!number)
        raise_no_convert(target, object);
    return number;
}

} // namespace aiopvxs
