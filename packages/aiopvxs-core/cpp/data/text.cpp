#include "data/text.h"

#include <cmath>
#include <memory>

namespace aiopvxs
{

std::string float_text(double number, bool single)
{
    // Python's own conversions: those of C follow the locale of the process
    const int most = single ? 9 : 17;
    for (int digits = 6;; digits++) {
        const std::unique_ptr<char, decltype(&PyMem_Free)> text(
            PyOS_double_to_string(number, 'g', digits, 0, nullptr), &PyMem_Free);
        if (!text)
            throw py::error_already_set();
        if (digits == most || !std::isfinite(number))
            return text.get();
        const double back = PyOS_string_to_double(text.get(), nullptr, nullptr);
        if (back == -1.0 && PyErr_Occurred())
            throw py::error_already_set();
        if (single ? static_cast<float>(back) == static_cast<float>(number) : back == number)
            return text.get();
    }
}

std::string scalar_text(const pvxs::Value &field)
{
    switch (field.type().code) {
    case pvxs::TypeCode::Float32:
        return float_text(field.as<double>(), true);
    case pvxs::TypeCode::Float64:
        return float_text(field.as<double>(), false);
    default:
        return field.as<std::string>();
    }
}

py::str decode(const std::string &bytes)
{
    PyObject *text =
        PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "surrogateescape");
    if (!text)
        throw py::error_already_set();
    return py::reinterpret_steal<py::str>(text);
}

std::string encode(py::handle text)
{
    Py_ssize_t size = 0;
    if (const char *data = PyUnicode_AsUTF8AndSize(text.ptr(), &size))
        return std::string(data, static_cast<size_t>(size));
    PyErr_Clear(); // surrogates: perhaps bytes of the wire that decode() kept
    PyObject *bytes = PyUnicode_AsEncodedString(text.ptr(), "utf-8", "surrogateescape");
    if (!bytes)
        throw py::error_already_set();
    py::bytes holder = py::reinterpret_steal<py::bytes>(bytes);
    return std::string(PyBytes_AS_STRING(bytes), static_cast<size_t>(PyBytes_GET_SIZE(bytes)));
}

} // namespace aiopvxs
