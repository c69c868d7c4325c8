#include "data/array_in.h"

#include <optional>

#include "data/array_copy.h"
#include "data/array_source.h"
#include "data/compound.h"
#include "data/convert.h"
#include "data/element.h"
#include "data/numpy_array.h"
#include "data/plain.h"
#include "data/scalar_in.h"
#include "python_call.h"
#include "queue/lent.h"

namespace aiopvxs
{

namespace
{

using Array = pvxs::shared_array<const void>;

// below this many bytes, giving up the GIL costs more than the copying
constexpr size_t large = 64 * 1024;

Array copy_of(const Elements &from, py::handle object, const Target &target)
{
    if (from.count == 0)
        return {};
    if (!converts(from, target.code))
        raise_no_convert(target, object, "floats are not converted to integers");
    auto to = pvxs::allocArray(target.code.arrayType(), from.count);
    size_t copied;
    {
        std::optional<py::gil_scoped_release> unlocked;
        if (from.count * from.size >= large)
            unlocked.emplace();
        copied = copy_elements(from, target.code, to.data());
    }
    if (copied < from.count) {
        const Target element{target.code, target.where, static_cast<py::ssize_t>(copied), nullptr};
        raise_out_of_range(element, element_text(from, copied));
    }
    return to.freeze();
}

template <typename T>
T element_from(py::handle item, const Target &target)
{
    if (has_elements(item))
        raise_shape(target, "nested sequences");
    if constexpr (std::is_same_v<T, std::string>)
        return string_from(item, target);
    else
        return number_from<T>(item, target);
}

// The items of a list, tuple or other sequence, one by one.
template <typename T>
Array from_sequence(py::handle object, const Target &target)
{
    const py::tuple items = items_of(object, target);
    const Py_ssize_t count = PyTuple_GET_SIZE(items.ptr());
    pvxs::shared_array<T> to(static_cast<size_t>(count));
    Target element{target.code, target.where, 0, nullptr};
    for (Py_ssize_t i = 0; i < count; i++) {
        element.element = i;
        to[static_cast<size_t>(i)] = element_from<T>(PyTuple_GET_ITEM(items.ptr(), i), element);
    }
    return to.freeze().template castTo<const void>();
}

Array from_items(py::handle object, const Target &target)
{
    if (target.code == pvxs::TypeCode::StringA)
        return from_sequence<std::string>(object, target);
    return with_number(target.code,
                       [&](auto tag) { return from_sequence<typename decltype(tag)::type>(object, target); });
}

Array from_value(const PyValue &source, py::handle object, const Target &target)
{
    const pvxs::Value field = content(source.value);
    const pvxs::TypeCode code = field.type();
    if (!code.isarray() || code.kind() == pvxs::Kind::Compound)
        raise_no_convert(target, object);
    const auto array = field.as<Array>();
    if (array.empty() || code == target.code)
        return array;
    if (is_number(code) && is_number(target.code))
        return copy_of(Elements::of(array), object, target);
    return from_items(to_python(field, Arrays::list), target);
}

// A masked array of numpy gives its memory with what the mask hides.
bool is_masked(py::handle object)
{
    return has_attribute(object, "mask") && has_attribute(object, "filled") &&
           py::bool_(py::object(object.attr("mask")).attr("any")());
}

// From an object with the buffer protocol; empty optional if its elements must be taken as objects.
std::optional<Array> from_buffer(py::handle object, const Buffer &buffer, const Target &target)
{
    if (buffer.dimensions() != 1)
        raise_shape(target, describe(object) + " (" + std::to_string(buffer.dimensions()) + " dimensions)");
    Elements elements;
    if (target.code == pvxs::TypeCode::StringA || !buffer.numbers(elements))
        return {};
    if (is_masked(object))
        raise_no_convert(target, object, "some of its elements are masked");
    if (auto shared = numpy_array::share(object, target.code))
        return shared;
    return copy_of(elements, object, target);
}

bool is_sequence(py::handle object)
{
    return PySequence_Check(object.ptr()) && !PyDict_Check(object.ptr()) && !PyUnicode_Check(object.ptr()) &&
           has_elements(object);
}

// The items of an array of dtype StringDType; what stands for a missing one is no text.
py::object texts_of(py::handle array, const Target &target)
{
    const py::list items = array.attr("tolist")();
    Target element{target.code, target.where, 0, nullptr};
    for (const py::handle item : items) {
        if (!PyUnicode_Check(item.ptr()))
            raise_no_convert(element, item, "a missing value is no string");
        element.element++;
    }
    return items;
}

bool is_string_dtype(py::handle array)
{
    return has_attribute(array, "dtype") &&
           py::str(py::getattr(array.attr("dtype"), "kind", py::str())).equal(py::str("T"));
}

} // namespace

Array array_from(py::handle object, const Target &target)
{
    lent::release();
    if (PyList_Check(object.ptr()) || PyTuple_Check(object.ptr()))
        return from_items(object, target);
    if (py::isinstance<PyValue>(object))
        return from_value(object.cast<const PyValue &>(), object, target);
    if (target.code == pvxs::TypeCode::StringA &&
        (PyBytes_Check(object.ptr()) || PyByteArray_Check(object.ptr())))
        raise_no_convert(target, object, "it takes a sequence of str");

    py::object array = py::reinterpret_borrow<py::object>(object);
    Buffer buffer;
    if (!buffer.open(object)) {
        if (!PyUnicode_Check(object.ptr()) && has_attribute(object, "__array__")) {
            array = numpy_array::from_object(object);
            buffer.open(array);
        }
    }
    if (buffer.dimensions() > 0 || has_attribute(array, "ndim")) {
        if (has_attribute(array, "ndim") && dimensions_of(array) != 1)
            raise_shape(target, describe(array));
        if (buffer.dimensions() > 0) {
            if (auto result = from_buffer(array, buffer, target))
                return *result;
        }
        if (is_string_dtype(array))
            array = texts_of(array, target);
        else if (PyMemoryView_Check(array.ptr()))
            array = items_of(array, target);
        else
            array = array.attr("tolist")();
    }
    if (!is_sequence(array))
        raise_no_convert(target, object);
    return from_items(array, target);
}

} // namespace aiopvxs
