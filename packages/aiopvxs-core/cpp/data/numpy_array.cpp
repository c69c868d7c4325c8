#include "data/numpy_array.h"

#include <cstring>
#include <pybind11/numpy.h>

#include "data/element.h"
#include "data/permanent.h"
#include "queue/lent.h"

namespace aiopvxs::numpy_array
{

namespace
{

using Array = pvxs::shared_array<const void>;

constexpr const char *capsule_name = "aiopvxs.shared_array";

bool is_ndarray(py::handle object)
{
    return std::strcmp(Py_TYPE(object.ptr())->tp_name, "numpy.ndarray") == 0;
}

bool has_flag(py::handle array, int flag)
{
    return (py::detail::array_proxy(array.ptr())->flags & flag) == flag;
}

bool is_ours(py::handle base) { return PyCapsule_IsValid(base.ptr(), capsule_name) == 1; }

// What finally owns an ndarray's memory, where nobody can write to that through an ndarray from now on:
// bytes, what view() made, a frozen ndarray (which then stays so). Empty for anything else.
py::handle immutable_owner(py::handle array)
{
    while (is_ndarray(array)) {
        if (has_flag(array, py::detail::npy_api::NPY_ARRAY_WRITEABLE_))
            return {};
        const py::handle base = py::detail::array_proxy(array.ptr())->base;
        if (!base)
            return permanent::freeze(array) ? array : py::handle();
        array = base;
    }
    const bool immutable =
        is_ours(array) || permanent::is_frozen_memory(array) || PyBytes_CheckExact(array.ptr());
    return immutable ? array : py::handle();
}

// Bytes other than 0 and 1 are no bool of C++; only pvxs's own are known to be none.
py::handle owner_of_bools(py::handle array)
{
    while (array && is_ndarray(array))
        array = py::detail::array_proxy(array.ptr())->base;
    return array && is_ours(array) ? array : py::handle();
}

template <typename T>
bool same_elements(py::handle array)
{
    constexpr int needed =
        py::detail::npy_api::NPY_ARRAY_C_CONTIGUOUS_ | py::detail::npy_api::NPY_ARRAY_ALIGNED_;
    const auto *proxy = py::detail::array_proxy(array.ptr());
    // equivalent, not identical: long and long long are both int64 somewhere
    return proxy->nd == 1 && has_flag(array, needed) &&
           py::detail::npy_api::get().PyArray_EquivTypes_(proxy->descr, py::dtype::of<T>().ptr());
}

template <typename T>
Array lend(py::handle array, py::handle owner)
{
    const auto *proxy = py::detail::array_proxy(array.ptr());
    const T *data = reinterpret_cast<const T *>(proxy->data);
    const auto count = static_cast<size_t>(proxy->dimensions[0]);
    if (is_ours(owner)) {
        const auto *whole = static_cast<const Array *>(PyCapsule_GetPointer(owner.ptr(), capsule_name));
        return pvxs::shared_array<const T>(whole->dataPtr(), data, count).template castTo<const void>();
    }
    PyObject *lent_object = array.inc_ref().ptr();
    auto give_back = [lent_object](const T *) { lent::give_back(lent_object); };
    return pvxs::shared_array<const T>(data, give_back, count).template castTo<const void>();
}

} // namespace

py::object view(const Array &array, pvxs::TypeCode code)
{
    return with_number(code, [&](auto tag) -> py::object {
        using T = typename decltype(tag)::type;
        const auto count = static_cast<py::ssize_t>(array.size());
        py::array result;
        if (count == 0) {
            result = py::array(py::dtype::of<T>(), py::array::ShapeContainer{count});
        } else {
            auto keep = std::make_unique<Array>(array);
            py::capsule base(keep.get(), capsule_name, [](void *held) { delete static_cast<Array *>(held); });
            keep.release();
            result = py::array(py::dtype::of<T>(), py::array::ShapeContainer{count}, array.data(), base);
        }
        py::detail::array_proxy(result.ptr())->flags &= ~py::detail::npy_api::NPY_ARRAY_WRITEABLE_;
        return std::move(result);
    });
}

std::optional<Array> share(py::handle object, pvxs::TypeCode code)
{
    if (!is_ndarray(object))
        return {};
    return with_number(code, [&](auto tag) -> std::optional<Array> {
        using T = typename decltype(tag)::type;
        if (!same_elements<T>(object) || py::len(object) == 0)
            return {};
        const py::handle owner = std::is_same_v<T, bool> ? owner_of_bools(object) : immutable_owner(object);
        if (!owner)
            return {};
        return lend<T>(object, owner);
    });
}

py::object texts(const py::list &items)
{
    const py::module_ numpy = py::module_::import("numpy");
    py::object array;
    // fixed widths ('U') would cut NUL characters at the end
    const py::object variable =
        py::getattr(py::getattr(numpy, "dtypes", py::none()), "StringDType", py::none());
    if (!variable.is_none()) {
        try {
            array = numpy.attr("array")(items, variable());
        } catch (py::error_already_set &error) {
            if (!error.matches(PyExc_UnicodeError)) // surrogates: bytes that are not UTF-8
                throw;
        }
    }
    if (!array)
        array = numpy.attr("array")(items, "O");
    array.attr("setflags")(py::arg("write") = false);
    return array;
}

py::object from_object(py::handle object) { return py::module_::import("numpy").attr("asarray")(object); }

} // namespace aiopvxs::numpy_array
