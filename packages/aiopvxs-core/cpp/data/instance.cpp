#include "data/instance.h"

#include <memory>

#include "data/py_value.h"
#include "data/spare.h"

namespace aiopvxs::instance
{

namespace
{

using Object = py::detail::instance;
using Holder = std::unique_ptr<PyValue>;

static_assert(sizeof(Holder) <= sizeof(void *), "the layout that pybind11 calls simple");

PyTypeObject *cls = nullptr;

Object *of(PyObject *object) { return reinterpret_cast<Object *>(object); }

void deallocate(PyObject *object)
{
    Object *self = of(object);
    if (!is_exact(object) || !self->simple_layout || self->simple_instance_registered || self->weakrefs ||
        self->has_patients)
        return py::detail::pybind11_object_dealloc(object); // not as make() left it
    auto *value = static_cast<PyValue *>(self->simple_value_holder[0]);
    // There is none in one that was never initialised. One that goes back is not looked into: the thread that
    // ends it would have to fetch its memory.
    if (value && !value->returns && !value->root.valid() && !value->holder)
        spare::keep(std::move(value->value));
    delete value;
    cls->tp_free(object);
    Py_DECREF(cls);
}

} // namespace

void set(PyHeapTypeObject *type)
{
    cls = &type->ht_type;
    cls->tp_dealloc = &deallocate;
}

PyObject *make(PyValue &&value)
{
    auto content = std::make_unique<PyValue>(std::move(value));
    PyObject *object = cls->tp_alloc(cls, 0);
    if (!object)
        throw py::error_already_set();
    Object *self = of(object); // zeroed by tp_alloc
    self->simple_layout = true;
    self->owned = true;
    self->simple_value_holder[0] = content.get();
    new (&self->simple_value_holder[1]) Holder(std::move(content));
    self->simple_holder_constructed = true;
    return object;
}

bool is_exact(PyObject *object) noexcept { return Py_TYPE(object) == cls; }

PyValue *held(PyObject *object) noexcept
{
    if (!PyObject_TypeCheck(object, cls) || !of(object)->simple_layout)
        return nullptr;
    return static_cast<PyValue *>(of(object)->simple_value_holder[0]);
}

void check_initialised(PyObject *object)
{
    if (PyObject_TypeCheck(object, cls) && of(object)->simple_layout && !held(object))
        throw py::type_error("this Value was never initialised: a derived class has to call its __init__()");
}

} // namespace aiopvxs::instance
