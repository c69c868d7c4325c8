#include "data/natural.h"

#include <cstring>
#include <optional>

#include "data/array_source.h"
#include "data/element.h"
#include "data/numpy_array.h"
#include "data/plain.h"
#include "data/py_value.h"
#include "data/recursion.h"
#include "data/type_code.h"
#include "python_call.h"

namespace aiopvxs
{

namespace
{

using pvxs::TypeCode;

constexpr const char *numpy_prefix = "numpy.";

bool is_of_numpy(py::handle object)
{
    return std::strncmp(Py_TYPE(object.ptr())->tp_name, numpy_prefix, std::strlen(numpy_prefix)) == 0;
}

TypeCode of_int(py::handle object)
{
    int overflow = 0;
    PyLong_AsLongLongAndOverflow(object.ptr(), &overflow);
    return overflow > 0 ? TypeCode::UInt64 : TypeCode::Int64;
}

TypeCode of_dtype(const py::object &dtype)
{
    const auto kind = dtype.attr("kind").cast<std::string>();
    if (kind == "f" && dtype.attr("itemsize").cast<int>() == 2)
        return TypeCode::Float32; // PVA has no half
    return kind == "O" || kind == "V" ? TypeCode() : type_code_or_null(dtype);
}

// A buffer of numbers that is none of numpy's.
Natural of_buffer(py::handle object)
{
    Buffer buffer;
    Elements elements;
    if (!buffer.open(object) || buffer.dimensions() < 1 || !buffer.numbers(elements))
        return {};
    const TypeCode code = elements.type();
    return {code == TypeCode::Null ? code : code.arrayOf(), true};
}

bool is_list(py::handle object)
{
    // (a range may have more elements than anything can hold, and then has no length)
    return PyList_Check(object.ptr()) || PyTuple_Check(object.ptr()) ||
           (PyRange_Check(object.ptr()) && has_elements(object));
}

Natural of_other(py::handle object);

// What the items of a sequence have in common.
class Items
{
public:
    void add(py::handle item)
    {
        count++;
        if (item.is_none()) {
            nulls++;
            return;
        }
        // not into nested lists: these may go on for ever
        const TypeCode code = is_list(item) ? TypeCode(TypeCode::AnyA) : of_other(item).code;
        switch (code.kind()) {
        case pvxs::Kind::Bool:
            bools += !is_array(code);
            break;
        case pvxs::Kind::Integer:
            ints += !is_array(code);
            large = large || code == TypeCode::UInt64;
            break;
        case pvxs::Kind::Real:
            reals += !is_array(code);
            break;
        case pvxs::Kind::String:
            texts += !is_array(code);
            break;
        default:
            structures += code == TypeCode::Struct;
        }
    }

    TypeCode array() const
    {
        if (count == 0 || nulls == count)
            return TypeCode::AnyA;
        if (structures + nulls == count)
            return TypeCode::StructA;
        if (bools == count)
            return TypeCode::BoolA;
        if (ints == count)
            return large ? TypeCode::UInt64A : TypeCode::Int64A;
        if (ints + reals == count)
            return TypeCode::Float64A;
        return texts == count ? TypeCode::StringA : TypeCode::AnyA;
    }

    bool empty() const { return count == 0; }

private:
    size_t count = 0, nulls = 0, bools = 0, ints = 0, reals = 0, texts = 0, structures = 0;
    bool large = false;
};

Natural of_sequence(py::handle object)
{
    const RecursionLevel level; // an array of objects may hold itself
    // a tuple of its own: looking at an item may run Python code that changes the sequence
    PyObject *items = PySequence_Tuple(object.ptr());
    if (!items) {
        if (!PyMemoryView_Check(object.ptr()) || !PyErr_ExceptionMatches(PyExc_NotImplementedError))
            throw py::error_already_set();
        PyErr_Clear();
        return {}; // of a format that Python cannot read
    }
    const py::tuple holder = py::reinterpret_steal<py::tuple>(items);
    Items known;
    for (py::handle item : holder)
        known.add(item);
    return {known.array(), false, known.empty()};
}

Natural of_array(const py::object &array)
{
    const py::object dtype = array.attr("dtype");
    const TypeCode code = of_dtype(dtype);
    const bool scalar = array.attr("ndim").cast<int>() == 0;
    if (code != TypeCode::Null)
        return {scalar ? code : code.arrayOf(), true};
    if (scalar || dtype.attr("kind").cast<std::string>() != "O")
        return {};
    return of_sequence(array.attr("tolist")());
}

std::optional<Natural> of_plain(py::handle object)
{
    PyObject *ptr = object.ptr();
    if (PyBool_Check(ptr))
        return Natural{TypeCode::Bool};
    if (PyLong_CheckExact(ptr))
        return Natural{of_int(object)};
    if (PyFloat_CheckExact(ptr))
        return Natural{TypeCode::Float64};
    if (PyUnicode_CheckExact(ptr))
        return Natural{TypeCode::String};
    if (PyBytes_Check(ptr) && !is_of_numpy(object))
        return Natural{TypeCode::UInt8A};
    return {};
}

// Of anything but a list.
Natural of_other(py::handle object)
{
    if (const auto known = of_plain(object))
        return *known;
    PyObject *ptr = object.ptr();
    if (py::isinstance<PyValue>(object)) {
        const pvxs::Value inner = object.cast<const PyValue &>().content().value;
        return {inner.type(), true};
    }
    if (is_enum_member(object)) {
        const RecursionLevel level; // a class may say that a member's value is a member
        return natural(object.attr("value"));
    }
    if (is_mapping(object))
        return {TypeCode::Struct};
    if (is_of_numpy(object) && has_attribute(object, "dtype"))
        return of_array(py::reinterpret_borrow<py::object>(object));
    if (PyUnicode_Check(ptr) || PyFloat_Check(ptr) || PyLong_Check(ptr))
        return {PyUnicode_Check(ptr) ? TypeCode::String
                : PyFloat_Check(ptr) ? TypeCode::Float64
                                     : of_int(object)};
    if (const Natural buffer = of_buffer(object); buffer.code != TypeCode::Null)
        return buffer;
    if (has_attribute(object, "__array__"))
        return of_array(numpy_array::from_object(object));
    return has_elements(object) ? of_sequence(object) : Natural{};
}

} // namespace

Natural natural(py::handle object) { return is_list(object) ? of_sequence(object) : of_other(object); }

} // namespace aiopvxs
