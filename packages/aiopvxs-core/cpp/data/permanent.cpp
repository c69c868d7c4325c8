#include "data/permanent.h"

#include <pybind11/numpy.h>

namespace aiopvxs::permanent
{

namespace
{

using py::detail::npy_api;

constexpr const char *capsule_name = "aiopvxs.frozen_memory";

// PyArrayObject_fields of numpy's C API (ndarraytypes.h), of which pybind11 knows the first part. It is part
// of numpy's ABI, in numpy 2 as in 1.22, and only grows at its end.
struct Fields {
    py::detail::PyArray_Proxy known;
    PyObject *weak_references;
    void *buffer_info;
    PyObject *memory_handler; // frees the memory
};

Fields &fields_of(py::handle array) { return *reinterpret_cast<Fields *>(array.ptr()); }

bool has(const Fields &fields, int flag) { return (fields.known.flags & flag) == flag; }

bool can_be_frozen(py::handle owner)
{
    const Fields &fields = fields_of(owner);
    return has(fields, npy_api::NPY_ARRAY_OWNDATA_) && !has(fields, npy_api::NPY_ARRAY_WRITEABLE_) &&
           !fields.known.base && fields.memory_handler && PyCapsule_CheckExact(fields.memory_handler);
}

} // namespace

bool freeze(py::handle owner)
{
    if (!can_be_frozen(owner))
        return false;
    // all that can fail comes first: a view of the bytes, with None in the place of what owns them
    const py::ssize_t size = py::int_(owner.attr("nbytes")).cast<py::ssize_t>();
    Fields &fields = fields_of(owner);
    py::array hidden(py::dtype::of<std::uint8_t>(), py::array::ShapeContainer{size}, fields.known.data,
                     py::none());
    // numpy asks what an array is a view of whether that can be written to; this cannot, and nobody gets at
    // what is in it
    py::capsule keeper(hidden.ptr(), capsule_name,
                       [](void *array) { Py_DECREF(static_cast<PyObject *>(array)); });

    Fields &taken = fields_of(hidden);
    Py_CLEAR(taken.known.base);
    Py_INCREF(fields.memory_handler);
    taken.memory_handler = fields.memory_handler;
    taken.known.flags |= npy_api::NPY_ARRAY_OWNDATA_;
    taken.known.flags &= ~npy_api::NPY_ARRAY_WRITEABLE_;
    fields.known.flags &= ~npy_api::NPY_ARRAY_OWNDATA_;
    fields.known.base = keeper.release().ptr();
    hidden.release(); // the keeper's
    return true;
}

bool is_frozen_memory(py::handle base) { return PyCapsule_IsValid(base.ptr(), capsule_name) == 1; }

} // namespace aiopvxs::permanent
