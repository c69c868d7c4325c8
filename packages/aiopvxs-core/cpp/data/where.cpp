#include "data/where.h"

#include "data/convert.h"
#include "errors.h"
#include "python_call.h"

namespace aiopvxs
{

namespace
{

constexpr size_t shown_characters = 60;

// What an object type can hold, as the end of a sentence; empty where there is no such limit.
const char *range_of(pvxs::TypeCode code)
{
    switch (code.scalarOf().code) {
    case pvxs::TypeCode::Bool:
        return "0 to 1";
    case pvxs::TypeCode::Int8:
        return "-128 to 127";
    case pvxs::TypeCode::Int16:
        return "-32768 to 32767";
    case pvxs::TypeCode::Int32:
        return "-2147483648 to 2147483647";
    case pvxs::TypeCode::Int64:
        return "-9223372036854775808 to 9223372036854775807";
    case pvxs::TypeCode::UInt8:
        return "0 to 255";
    case pvxs::TypeCode::UInt16:
        return "0 to 65535";
    case pvxs::TypeCode::UInt32:
        return "0 to 4294967295";
    case pvxs::TypeCode::UInt64:
        return "0 to 18446744073709551615";
    case pvxs::TypeCode::Float32:
        return "about -3.4e38 to 3.4e38";
    default:
        return "about -1.8e308 to 1.8e308";
    }
}

bool shown_by_repr(py::handle object)
{
    return PyLong_Check(object.ptr()) || PyFloat_Check(object.ptr()) || PyUnicode_Check(object.ptr()) ||
           PyBytes_Check(object.ptr());
}

} // namespace

std::string Where::path() const
{
    std::string start;
    if (outer)
        start = outer->path();
    else if (of)
        start = of->path();
    // "[0]" and "->member" bring what joins them
    const bool joined = start.empty() || name.empty() || name[0] == '[' || name[0] == '-';
    return joined ? start + std::string(name) : start + "." + std::string(name);
}

std::string Target::text() const
{
    const std::string path = where.path();
    std::string text = path.empty() ? std::string("the value") : "field '" + path + "'";
    text += std::string(" (") + code.name() + ")";
    return element < 0 ? text : "element " + std::to_string(element) + " of " + text;
}

std::string describe(py::handle object)
{
    if (object.is_none())
        return "None";
    std::string type = Py_TYPE(object.ptr())->tp_name;
    if (type.compare(0, 9, "builtins.") == 0)
        type.erase(0, 9);
    try {
        if (shown_by_repr(object)) {
            py::str text = py::repr(object);
            if (py::len(text) > shown_characters)
                text = py::str(text[py::slice(0, shown_characters, 1)]) + py::str("...");
            return type + " " + encode(text);
        }
        if (has_attribute(object, "shape"))
            return type + " of shape " + encode(py::repr(object.attr("shape")));
        if (PyList_Check(object.ptr()) || PyTuple_Check(object.ptr()) || PyDict_Check(object.ptr()))
            return type + " of " + std::to_string(py::len(object)) + " items";
    } catch (py::error_already_set &) {
        return type; // its own repr failed: the type has to do
    }
    return type;
}

void raise_no_convert(const Target &target, py::handle object, const std::string &why)
{
    std::string message = target.text();
    if (target.as)
        message += std::string(" cannot be read as ") + target.as;
    else
        message += " cannot take " + describe(object);
    errors::raise("NoConvert", why.empty() ? message : message + ": " + why);
}

void raise_out_of_range(const Target &target, const std::string &object)
{
    errors::raise("OutOfRange",
                  target.text() + " cannot hold " + object + ": its range is " + range_of(target.code));
}

void raise_shape(const Target &target, const std::string &object)
{
    errors::raise("ShapeError", target.text() + " takes an array of one dimension, not " + object);
}

} // namespace aiopvxs
