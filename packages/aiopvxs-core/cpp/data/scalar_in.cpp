#include "data/scalar_in.h"

#include <cmath>
#include <limits>
#include <type_traits>

#include "data/compound.h"
#include "data/convert.h"
#include "data/element.h"
#include "data/plain.h"
#include "data/text.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

std::string utf8_from(py::handle object, const Target &target)
{
    try {
        return encode(object);
    } catch (py::error_already_set &) {
        raise_no_convert(target, object, "it cannot be encoded as UTF-8");
    }
}

// An int from a text: decimal (leading zeros allowed), or with the prefix 0x, 0o or 0b.
py::object parse_integer(py::handle object, const Target &target)
{
    const std::string text = utf8_from(object, target);
    const size_t sign = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    int base = 10;
    if (text.size() > sign + 2 && text[sign] == '0') {
        const char mark = text[sign + 1];
        base = mark == 'x' || mark == 'X'   ? 16
               : mark == 'o' || mark == 'O' ? 8
               : mark == 'b' || mark == 'B' ? 2
                                            : 10;
    }
    // int() would also take underscores and blanks
    const bool strict = text.find_first_not_of("0123456789abcdefABCDEFxXoO", sign) == std::string::npos;
    PyObject *number = nullptr;
    if (strict && text.size() > sign && text.size() < 100)
        number = PyLong_FromString(text.c_str(), nullptr, base);
    if (!number) {
        PyErr_Clear();
        raise_no_convert(target, object, "this text is not an integer");
    }
    return py::reinterpret_steal<py::object>(number);
}

double parse_float(py::handle object, const Target &target)
{
    const std::string text = utf8_from(object, target);
    PyObject *number = nullptr;
    if (text.find('_') == std::string::npos)
        number = PyFloat_FromString(object.ptr());
    if (!number) {
        PyErr_Clear();
        raise_no_convert(target, object, "this text is not a number");
    }
    const double parsed = py::reinterpret_steal<py::float_>(number);
    // Python makes inf of digits that are too many; in letters it is "inf", "Infinity"
    if (std::isinf(parsed) && text.find_first_of("nN") == std::string::npos)
        raise_out_of_range(target, describe(object));
    return parsed;
}

bool parse_bool(py::handle object, const Target &target)
{
    const std::string text = utf8_from(object, target);
    if (text != "true" && text != "false")
        raise_no_convert(target, object, "the texts of a bool are 'true' and 'false'");
    return text == "true";
}

template <typename T>
T integer_from_long(py::handle object, const Target &target)
{
    if constexpr (std::is_signed_v<T> || sizeof(T) < 8) {
        int overflow = 0;
        const long long number = PyLong_AsLongLongAndOverflow(object.ptr(), &overflow);
        if (!overflow && number >= static_cast<long long>(std::numeric_limits<T>::min()) &&
            number <= static_cast<long long>(std::numeric_limits<T>::max()))
            return static_cast<T>(number);
    } else {
        const unsigned long long number = PyLong_AsUnsignedLongLong(object.ptr());
        if (!PyErr_Occurred())
            return static_cast<T>(number);
        PyErr_Clear();
    }
    raise_out_of_range(target, describe(object));
}

template <typename T>
T real_from_double(double number, py::handle object, const Target &target)
{
    const T narrow = static_cast<T>(number);
    if (std::isinf(narrow) && std::isfinite(number))
        raise_out_of_range(target, describe(object));
    return narrow;
}

} // namespace

template <typename T>
T number_from(py::handle object, const Target &target)
{
    if constexpr (std::is_floating_point_v<T>) {
        if (PyFloat_CheckExact(object.ptr()))
            return real_from_double<T>(PyFloat_AS_DOUBLE(object.ptr()), object, target);
    } else if constexpr (!std::is_same_v<T, bool>) {
        if (PyLong_CheckExact(object.ptr()))
            return integer_from_long<T>(object, target);
    }
    const py::object source = plain(object, target);
    if (PyBytes_Check(source.ptr()))
        raise_no_convert(target, object);
    const bool text = PyUnicode_Check(source.ptr());
    if constexpr (std::is_floating_point_v<T>) {
        if (text)
            return real_from_double<T>(parse_float(source, target), source, target);
        const double number = PyFloat_AsDouble(source.ptr());
        if (number == -1.0 && PyErr_Occurred()) { // an int too large for any double
            PyErr_Clear();
            raise_out_of_range(target, describe(source));
        }
        return real_from_double<T>(number, source, target);
    } else {
        if (PyFloat_Check(source.ptr()))
            raise_no_convert(target, object, "a float is not converted to an integer");
        if constexpr (std::is_same_v<T, bool>)
            return text ? parse_bool(source, target) : integer_from_long<T>(source, target);
        else
            return integer_from_long<T>(text ? parse_integer(source, target) : source, target);
    }
}

template bool number_from(py::handle, const Target &);
template std::int8_t number_from(py::handle, const Target &);
template std::int16_t number_from(py::handle, const Target &);
template std::int32_t number_from(py::handle, const Target &);
template std::int64_t number_from(py::handle, const Target &);
template std::uint8_t number_from(py::handle, const Target &);
template std::uint16_t number_from(py::handle, const Target &);
template std::uint32_t number_from(py::handle, const Target &);
template std::uint64_t number_from(py::handle, const Target &);
template float number_from(py::handle, const Target &);
template double number_from(py::handle, const Target &);

bool store_number(pvxs::Value &field, py::handle object, const Where &where)
{
    const pvxs::TypeCode code = field.type();
    if (code.isarray() || !is_number(code))
        return false;
    const Target target{code, where, -1, nullptr};
    with_number(code, [&](auto tag) {
        using T = typename decltype(tag)::type;
        // the widest of its kind, which is how pvxs stores them
        field.from(static_cast<typename pvxs::impl::StoreAs<T>::store_t>(number_from<T>(object, target)));
    });
    return true;
}

std::string string_from(py::handle object, const Target &target)
{
    const py::object source = plain(object, target);
    PyObject *ptr = source.ptr();
    if (PyBytes_Check(ptr))
        return std::string(PyBytes_AS_STRING(ptr), static_cast<size_t>(PyBytes_GET_SIZE(ptr)));
    if (PyBool_Check(ptr))
        return ptr == Py_True ? "true" : "false";
    if (!PyUnicode_Check(ptr)) {
        if (py::isinstance<PyValue>(object))
            return scalar_text(content(object.cast<const PyValue &>().value));
        // a numpy.float32 shows fewer digits than the float it stands for
        const bool narrow =
            PyFloat_Check(ptr) && PyNumber_Check(object.ptr()) && !PyFloat_Check(object.ptr());
        return encode(py::str(narrow ? py::reinterpret_borrow<py::object>(object) : source));
    }
    return utf8_from(source, target);
}

} // namespace aiopvxs
