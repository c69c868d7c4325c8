// Plain objects to values; nothing in them is trusted.
#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>

#include "data/array_source.h"
#include "data/convert.h"
#include "data/element.h"
#include "data/lookup.h"
#include "data/state.h"
#include "data/state_place.h"
#include "data/type_def.h"
#include "data/type_plain.h"
#include "errors.h"

namespace aiopvxs::state
{

namespace
{

const std::string nameless;

// `type` is that of the field; it knows the names, which pvxs would search for.
void fill(pvxs::Value field, const MemberDef &type, py::handle content, const Place &place);

template <typename T>
bool integer_from(py::handle object, T &number)
{
    if (!PyLong_CheckExact(object.ptr()))
        return false;
    if constexpr (std::is_signed_v<T>) {
        int overflow = 0;
        const long long wide = PyLong_AsLongLongAndOverflow(object.ptr(), &overflow);
        number = static_cast<T>(wide);
        return !overflow && wide == static_cast<long long>(number);
    } else {
        const unsigned long long wide = PyLong_AsUnsignedLongLong(object.ptr());
        if (PyErr_Occurred()) {
            PyErr_Clear();
            return false;
        }
        number = static_cast<T>(wide);
        return wide == number;
    }
}

void fill_number(pvxs::Value &field, py::handle content, const Place &place)
{
    const pvxs::TypeCode code = field.type();
    with_number(code, [&](auto tag) {
        using T = typename decltype(tag)::type;
        if constexpr (std::is_same_v<T, bool>) {
            if (!PyBool_Check(content.ptr()))
                place.refuse("a bool", code, content);
            field.from(content.ptr() == Py_True);
        } else if constexpr (std::is_floating_point_v<T>) {
            if (!PyFloat_CheckExact(content.ptr()))
                place.refuse("a float", code, content);
            field.from(PyFloat_AS_DOUBLE(content.ptr()));
        } else {
            T number{};
            if (!integer_from(content, number))
                place.refuse("an int in its range", code, content);
            field.from(static_cast<typename pvxs::impl::StoreAs<T>::store_t>(number));
        }
    });
}

std::string bytes_from(py::handle content, pvxs::TypeCode code, const Place &place)
{
    if (!PyBytes_CheckExact(content.ptr()))
        place.refuse("bytes", code, content);
    return {PyBytes_AS_STRING(content.ptr()), static_cast<size_t>(PyBytes_GET_SIZE(content.ptr()))};
}

py::tuple list_from(py::handle content, pvxs::TypeCode code, const Place &place)
{
    if (!PyList_CheckExact(content.ptr()))
        place.refuse("a list", code, content);
    return py::reinterpret_steal<py::tuple>(PySequence_Tuple(content.ptr()));
}

void store(pvxs::Value &field, const pvxs::shared_array<const void> &array)
{
    field.copyIn(&array, pvxs::StoreType::Array);
}

void fill_numbers(pvxs::Value &field, py::handle content, const Place &place)
{
    const pvxs::TypeCode code = field.type();
    const std::string bytes = bytes_from(content, code, place);
    const size_t count = bytes.size() / code.size();
    if (count * code.size() != bytes.size())
        place.refuse(std::to_string(bytes.size()) + " bytes are no whole number of elements of " +
                     code.name());
    if (code == pvxs::TypeCode::BoolA && bytes.find_first_not_of(std::string("\0\1", 2)) != std::string::npos)
        place.refuse("the bytes of bool[] are 0 and 1");
    if (count == 0)
        return store(field, {});
    auto array = pvxs::allocArray(code.arrayType(), count);
    std::memcpy(array.data(), bytes.data(), bytes.size());
    if (!little_endian())
        swap_bytes(static_cast<char *>(array.data()), code.size(), count);
    store(field, array.freeze());
}

void fill_texts(pvxs::Value &field, py::handle content, const Place &place)
{
    const py::tuple items = list_from(content, field.type(), place);
    pvxs::shared_array<std::string> array(items.size());
    for (size_t i = 0; i < items.size(); i++)
        array[i] = bytes_from(items[i], pvxs::TypeCode::String, Place(place, i));
    store(field, array.freeze().castTo<const void>());
}

void fill_structure(pvxs::Value &structure, const MemberDef &type, py::handle content, const Place &place)
{
    const size_t count = type.children.size();
    if (!PyTuple_CheckExact(content.ptr()) || static_cast<size_t>(PyTuple_GET_SIZE(content.ptr())) != count)
        place.refuse("a tuple of " + std::to_string(count), structure.type(), content);
    Py_ssize_t i = 0;
    auto child = type.children.begin();
    for (const pvxs::Value &field : structure.ichildren()) {
        const MemberDef &known = **child++;
        fill(field, known, PyTuple_GET_ITEM(content.ptr(), i++), Place::field(place, known.name));
    }
}

bool is_pair(py::handle content)
{
    return PyTuple_CheckExact(content.ptr()) && PyTuple_GET_SIZE(content.ptr()) == 2;
}

void fill_union(pvxs::Value &field, const MemberDef &type, py::handle content, const Place &place)
{
    if (content.is_none())
        return field.mark();
    if (!is_pair(content) || !PyUnicode_CheckExact(PyTuple_GET_ITEM(content.ptr(), 0)))
        place.refuse("None or a tuple (member, content)", field.type(), content);
    const py::handle given = PyTuple_GET_ITEM(content.ptr(), 0);
    const auto member =
        std::find_if(type.children.begin(), type.children.end(), [&](const MemberDef::Ptr &child) {
            return PyUnicode_CompareWithASCIIString(given.ptr(), child->name.c_str()) == 0;
        });
    if (member == type.children.end())
        place.refuse("the union has no member " + encode(py::repr(given)));
    const std::string &name = (*member)->name;
    fill(field.lookup("->" + name), **member, PyTuple_GET_ITEM(content.ptr(), 1), Place::inside(place, name));
    field.mark();
}

// What an Any, or an element of an array of them, holds; `inside` is the place of that.
pvxs::Value any_from(py::handle content, const Place &place, const Place &inside)
{
    if (!is_pair(content))
        place.refuse("None or a tuple (type, content)", pvxs::TypeCode::Any, content);
    MemberDef::Ptr type;
    try {
        type = type_plain::of(PyTuple_GET_ITEM(content.ptr(), 0));
    } catch (py::error_already_set &error) {
        if (!error.matches(PyExc_ValueError))
            throw;
        place.refuse(encode(py::str(error.value())));
    }
    pvxs::Value inner = PyTypeDef(type).built.create();
    fill(inner, *type, PyTuple_GET_ITEM(content.ptr(), 1), inside);
    return inner;
}

pvxs::Value element_from(pvxs::Value &array, const MemberDef &type, py::handle content, const Place &place)
{
    if (content.is_none())
        return {};
    if (array.type() == pvxs::TypeCode::AnyA)
        return any_from(content, place, place);
    pvxs::Value element = array.allocMember();
    const bool unselected = array.type() == pvxs::TypeCode::UnionA && PyTuple_CheckExact(content.ptr()) &&
                            PyTuple_GET_SIZE(content.ptr()) == 0;
    if (!unselected)
        fill(element, type, content, place); // the members are those of the array
    return element;
}

void fill_elements(pvxs::Value &field, const MemberDef &type, py::handle content, const Place &place)
{
    const py::tuple items = list_from(content, field.type(), place);
    pvxs::shared_array<pvxs::Value> array(items.size());
    for (size_t i = 0; i < items.size(); i++)
        array[i] = element_from(field, type, items[i], Place(place, i));
    field.from(array.freeze());
}

void fill(pvxs::Value field, const MemberDef &type, py::handle content, const Place &place)
{
    place.check_depth();
    const pvxs::TypeCode code = field.type();
    switch (code.code) {
    case pvxs::TypeCode::String:
        return field.from(bytes_from(content, code, place));
    case pvxs::TypeCode::StringA:
        return fill_texts(field, content, place);
    case pvxs::TypeCode::Struct:
        return fill_structure(field, type, content, place);
    case pvxs::TypeCode::Union:
        return fill_union(field, type, content, place);
    case pvxs::TypeCode::Any:
        return content.is_none() ? field.mark()
                                 : field.from(any_from(content, place, Place::inside(place, nameless)));
    case pvxs::TypeCode::StructA:
    case pvxs::TypeCode::UnionA:
    case pvxs::TypeCode::AnyA:
        return fill_elements(field, type, content, place);
    default:
        return code.isarray() ? fill_numbers(field, content, place) : fill_number(field, content, place);
    }
}

[[noreturn]] void refuse_mark(py::handle name)
{
    errors::raise(PyExc_ValueError, "marks: no leaf has the name " + describe(name));
}

void mark(pvxs::Value &value, py::handle name)
{
    if (!PyUnicode_CheckExact(name.ptr()) || !PyUnicode_IS_ASCII(name.ptr()))
        refuse_mark(name);
    const std::string path = encode(name);
    const bool whole = value.type() != pvxs::TypeCode::Struct || value.nmembers() == 0;
    if (whole != path.empty() || leaves_structure(path) || path.find('<') != std::string::npos)
        refuse_mark(name);
    pvxs::Value leaf = whole ? value : find(value, path);
    if (!leaf || (leaf.type() == pvxs::TypeCode::Struct && leaf.nmembers()))
        refuse_mark(name);
    leaf.mark();
}

} // namespace

pvxs::Value restore(py::handle type, py::handle content, py::handle marked)
{
    if (!PyTuple_CheckExact(marked.ptr()))
        errors::raise(PyExc_ValueError, "marks: they are a tuple of names, not " + describe(marked));
    if (type.is_none()) {
        if (!content.is_none() || PyTuple_GET_SIZE(marked.ptr()) != 0)
            errors::raise(PyExc_ValueError, "value: a Null value has neither content nor marks");
        return {};
    }
    const MemberDef::Ptr definition = type_plain::of(type);
    pvxs::Value value = PyTypeDef(definition).built.create();
    fill(value, *definition, content, Place());
    value.unmark(false, true);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(marked.ptr()); i++)
        mark(value, PyTuple_GET_ITEM(marked.ptr(), i));
    return value;
}

} // namespace aiopvxs::state
