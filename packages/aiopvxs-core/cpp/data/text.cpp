#include "data/text.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace aiopvxs
{

std::string float_text(double number, bool single)
{
    char text[40];
    const int most = single ? 9 : 17;
    for (int digits = 6; digits <= most; digits++) {
        std::snprintf(text, sizeof(text), "%.*g", digits, number);
        if (!std::isfinite(number))
            break;
        const bool same = single ? std::strtof(text, nullptr) == static_cast<float>(number)
                                 : std::strtod(text, nullptr) == number;
        if (same)
            break;
    }
    // the decimal point does not follow the locale of the process
    for (char *c = text; *c; c++) {
        if (*c == ',')
            *c = '.';
    }
    return text;
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
