#include "errors.h"

namespace aiopvxs::errors
{

py::object find(const char *name) { return py::module_::import("aiopvxs_core.errors").attr(name); }

void raise(const char *name, const std::string &message) { raise(find(name), message); }

void raise(py::handle type, const std::string &message)
{
    // a message may quote bytes from the wire that are not UTF-8
    py::object text = py::reinterpret_steal<py::object>(
        PyUnicode_DecodeUTF8(message.data(), static_cast<Py_ssize_t>(message.size()), "surrogateescape"));
    if (text)
        PyErr_SetObject(type.ptr(), text.ptr());
    throw py::error_already_set();
}

} // namespace aiopvxs::errors
