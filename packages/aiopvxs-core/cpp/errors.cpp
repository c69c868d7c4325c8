#include "errors.h"

#include "forked.h"

namespace aiopvxs::errors
{

namespace
{

void set(const char *name, const std::exception &e) { PyErr_SetString(find(name).ptr(), e.what()); }

} // namespace

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

void raise_os_error(const std::system_error &error, const std::string &what)
{
    py::object arguments = py::make_tuple(error.code().value(), what + ": " + error.what());
    PyErr_SetObject(PyExc_OSError, arguments.ptr());
    throw py::error_already_set();
}

void translate(std::exception_ptr thrown)
{
    try {
        std::rethrow_exception(thrown);
    } catch (forked::Error &e) {
        set("Forked", e);
    } catch (pvxs::NoField &e) {
        set("NoField", e);
    } catch (pvxs::NoConvert &e) {
        set("NoConvert", e);
    } catch (pvxs::LookupError &e) {
        set("FieldLookupError", e);
    }
}

} // namespace aiopvxs::errors
