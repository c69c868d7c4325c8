#include "data/slots.h"

#include "data/access.h"
#include "data/leaf.h"
#include "data/where.h"
#include "errors.h"

namespace aiopvxs::slots
{

namespace
{

PyValue &value_of(PyObject *self)
{
    auto *instance = reinterpret_cast<py::detail::instance *>(self);
    if (instance->simple_layout && instance->simple_value_holder[0])
        return *static_cast<PyValue *>(instance->simple_value_holder[0]);
    return py::handle(self).cast<PyValue &>(); // of a subclass of several bases; or never initialised
}

// Run `f`; make a Python error of what it throws, and return `failed`.
template <typename F, typename R = std::invoke_result_t<F>>
R guarded(R failed, F &&f) noexcept
{
    try {
        return f();
    } catch (py::error_already_set &e) {
        e.restore();
    } catch (py::builtin_exception &e) {
        e.set_error();
    } catch (std::bad_alloc &) {
        PyErr_NoMemory();
    } catch (...) {
        try {
            errors::translate(std::current_exception());
        } catch (std::exception &e) {
            PyErr_SetString(PyExc_RuntimeError, e.what());
        }
    }
    return failed;
}

PyObject *get_item(PyObject *self, PyObject *key)
{
    return guarded<>(static_cast<PyObject *>(nullptr),
                     [&]() { return access::get_item(value_of(self), key).release().ptr(); });
}

int set_item(PyObject *self, PyObject *key, PyObject *value)
{
    return guarded<>(-1, [&]() {
        if (!value)
            throw py::type_error("fields of a Value cannot be deleted");
        access::set_item(value_of(self), key, value);
        return 0;
    });
}

// Whether the class itself has this attribute, which then wins over a field. For Value, not for classes
// derived from it, whose attributes are not known here.
bool is_own_attribute(PyObject *name)
{
    static PyObject *const names =
        py::frozenset(py::module_::import("builtins").attr("dir")(py::type::of<PyValue>())).release().ptr();
    return PySet_Contains(names, name) != 0;
}

PyObject *get_attribute(PyObject *self, PyObject *name)
{
    static const PyObject *const cls = py::type::of<PyValue>().ptr();
    return guarded<>(static_cast<PyObject *>(nullptr), [&]() -> PyObject * {
        const bool exact = reinterpret_cast<PyObject *>(Py_TYPE(self)) == cls;
        if (!exact || is_own_attribute(name)) {
            if (PyObject *attribute = PyObject_GenericGetAttr(self, name))
                return attribute;
            if (!PyErr_ExceptionMatches(PyExc_AttributeError))
                return nullptr;
            PyErr_Clear();
        }
        return access::get_attribute(value_of(self), py::reinterpret_borrow<py::str>(name)).release().ptr();
    });
}

int set_attribute(PyObject *self, PyObject *name, PyObject *value)
{
    return guarded<>(-1, [&]() {
        if (!value)
            throw py::attribute_error("fields of a Value cannot be deleted");
        access::set_attribute(self, py::reinterpret_borrow<py::str>(name), value);
        return 0;
    });
}

template <PyObject *(*function)(PyObject *)>
PyObject *number(PyObject *self)
{
    return guarded<>(static_cast<PyObject *>(nullptr),
                     [&]() { return function(leaf::operand(value_of(self)).ptr()); });
}

int truth(PyObject *self)
{
    return guarded<>(-1, [&]() { return leaf::truth(value_of(self)) ? 1 : 0; });
}

} // namespace

void set(PyHeapTypeObject *type)
{
    type->as_mapping.mp_subscript = &get_item;
    type->as_mapping.mp_ass_subscript = &set_item;
    type->ht_type.tp_getattro = &get_attribute;
    type->ht_type.tp_setattro = &set_attribute;
    type->as_number.nb_float = &number<&PyNumber_Float>;
    type->as_number.nb_int = &number<&PyNumber_Long>;
    type->as_number.nb_index = &number<&PyNumber_Index>;
    type->as_number.nb_bool = &truth;
}

} // namespace aiopvxs::slots
