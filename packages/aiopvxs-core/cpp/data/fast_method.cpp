#include "data/fast_method.h"

#include <vector>

namespace aiopvxs::fast_method
{

namespace
{

// A text that lives for ever, as Python wants it of a method's.
const char *kept(const py::object &text) { return PyUnicode_AsUTF8(py::object(text).release().ptr()); }

} // namespace

PyObject *replace(py::handle cls, const char *name, Function function)
{
    py::object general = cls.attr(name);
    auto *const definition = new PyMethodDef; // the method refers to it
    definition->ml_name = name;
    definition->ml_meth = reinterpret_cast<PyCFunction>(reinterpret_cast<void (*)()>(function));
    definition->ml_flags = METH_FASTCALL | METH_KEYWORDS;
    definition->ml_doc = kept(general.attr("__doc__"));
    PyObject *method = PyDescr_NewMethod(reinterpret_cast<PyTypeObject *>(cls.ptr()), definition);
    if (!method)
        throw py::error_already_set();
    cls.attr(name) = py::reinterpret_steal<py::object>(method);
    return general.release().ptr();
}

PyObject *pass_on(PyObject *method, const Call &call)
{
    const Py_ssize_t named = call.names ? PyTuple_GET_SIZE(call.names) : 0;
    std::vector<PyObject *> all{call.self};
    all.insert(all.end(), call.arguments, call.arguments + call.positional + named);
    return PyObject_Vectorcall(method, all.data(), static_cast<size_t>(call.positional) + 1, call.names);
}

} // namespace aiopvxs::fast_method
