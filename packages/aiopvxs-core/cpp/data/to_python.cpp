// Fields to Python objects.
#include "data/compound.h"
#include "data/convert.h"
#include "data/element.h"
#include "data/layout.h"
#include "data/numpy_array.h"

namespace aiopvxs
{

namespace
{

py::object steal(PyObject *object)
{
    if (!object)
        throw py::error_already_set();
    return py::reinterpret_steal<py::object>(object);
}

template <typename T>
PyObject *element_object(const T &element)
{
    if constexpr (std::is_same_v<T, bool>)
        return PyBool_FromLong(element);
    else if constexpr (std::is_same_v<T, std::string>)
        return decode(element).release().ptr();
    else if constexpr (std::is_floating_point_v<T>)
        return PyFloat_FromDouble(element);
    else if constexpr (std::is_signed_v<T>)
        return PyLong_FromLongLong(element);
    else
        return PyLong_FromUnsignedLongLong(element);
}

template <typename T>
py::object list_of(const pvxs::shared_array<const void> &array)
{
    const auto *data = static_cast<const T *>(array.data());
    py::list result(array.size());
    for (size_t i = 0; i < array.size(); i++) {
        PyObject *item = element_object(data[i]);
        if (!item)
            throw py::error_already_set();
        PyList_SET_ITEM(result.ptr(), static_cast<Py_ssize_t>(i), item);
    }
    return std::move(result);
}

py::object array_to_python(const pvxs::Value &field, pvxs::TypeCode code, Arrays arrays)
{
    const auto array = field.as<pvxs::shared_array<const void>>();
    if (code == pvxs::TypeCode::StringA)
        return list_of<std::string>(array);
    if (arrays == Arrays::numpy)
        return numpy_array::view(array, code);
    return with_number(code, [&](auto tag) { return list_of<typename decltype(tag)::type>(array); });
}

py::object elements_to_python(const pvxs::Value &field, Arrays arrays)
{
    const auto array = elements(field);
    py::list result(array.size());
    for (size_t i = 0; i < array.size(); i++)
        result[i] = to_python(array[i], arrays);
    return std::move(result);
}

// `marked` is true where a structure around this one is marked as a whole.
py::object struct_to_python(const pvxs::Value &structure, const Layout &layout, Arrays arrays,
                            bool only_marked, bool marked)
{
    py::dict result;
    auto field = layout.fields.begin();
    for (const pvxs::Value &child : structure.ichildren()) {
        const Layout::Field &known = *field++;
        const bool whole = !only_marked || marked || child.isMarked(false, false);
        if (!whole && !child.isMarked(false, true))
            continue;
        py::object item = known.inner ? struct_to_python(child, *known.inner, arrays, only_marked, whole)
                                      : to_python(child, arrays);
        if (PyDict_SetItem(result.ptr(), known.key.ptr(), item.ptr()) < 0)
            throw py::error_already_set();
    }
    return std::move(result);
}

} // namespace

py::object to_python(const pvxs::Value &field, Arrays arrays, bool only_marked)
{
    const pvxs::TypeCode code = field.type();
    switch (code.code) {
    case pvxs::TypeCode::Null:
        return py::none();
    case pvxs::TypeCode::Bool:
        return py::bool_(field.as<bool>());
    case pvxs::TypeCode::Int8:
    case pvxs::TypeCode::Int16:
    case pvxs::TypeCode::Int32:
    case pvxs::TypeCode::Int64:
        return steal(PyLong_FromLongLong(field.as<std::int64_t>()));
    case pvxs::TypeCode::UInt8:
    case pvxs::TypeCode::UInt16:
    case pvxs::TypeCode::UInt32:
    case pvxs::TypeCode::UInt64:
        return steal(PyLong_FromUnsignedLongLong(field.as<std::uint64_t>()));
    case pvxs::TypeCode::Float32:
    case pvxs::TypeCode::Float64:
        return steal(PyFloat_FromDouble(field.as<double>()));
    case pvxs::TypeCode::String:
        return decode(field.as<std::string>());
    case pvxs::TypeCode::Struct:
        return struct_to_python(field, *Layout::of(field), arrays, only_marked,
                                only_marked && field.isMarked(true, false));
    case pvxs::TypeCode::Union:
    case pvxs::TypeCode::Any:
        return to_python(field.as<pvxs::Value>(), arrays);
    case pvxs::TypeCode::StructA:
    case pvxs::TypeCode::UnionA:
    case pvxs::TypeCode::AnyA:
        return elements_to_python(field, arrays);
    default:
        return array_to_python(field, code, arrays);
    }
}

} // namespace aiopvxs
