#include "data/slots.h"

#include "data/access.h"
#include "data/convert.h"
#include "data/descendant.h"
#include "data/guarded.h"
#include "data/leaf.h"
#include "data/scalar_in.h"
#include "data/where.h"

namespace aiopvxs::slots
{

namespace
{

PyValue &value_of(PyObject *self)
{
    if (PyValue *value = instance::held(self))
        return *value;
    return py::handle(self).cast<PyValue &>(); // of several bases, or never initialised
}

PyObject *view(const PyValue &self, pvxs::Value field)
{
    return instance::make(self.field(std::move(field)));
}

// Store into a field found by name; false if there is none, or its name is no UTF-8.
bool store(const PyValue &self, PyObject *name, PyObject *object)
{
    pvxs::Value field = descendant(self.value, name);
    if (!field)
        return false;
    const std::string_view text = utf8(name);
    if (text.empty())
        return false;
    const Where where{nullptr, text, &self};
    if (!store_number(field, object, where))
        assign(field, object, where);
    self.mark_holders();
    return true;
}

PyObject *get_item(PyObject *self, PyObject *key)
{
    return guarded<>(static_cast<PyObject *>(nullptr), [&]() {
        const PyValue &value = value_of(self);
        if (pvxs::Value field = descendant(value.value, key))
            return view(value, std::move(field));
        return access::get_item(value, key).release().ptr();
    });
}

int set_item(PyObject *self, PyObject *key, PyObject *value)
{
    return guarded<>(-1, [&]() {
        if (!value)
            throw py::type_error("fields of a Value cannot be deleted");
        PyValue &target = value_of(self);
        if (!store(target, key, value))
            access::set_item(target, key, value);
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
    return guarded<>(static_cast<PyObject *>(nullptr), [&]() -> PyObject * {
        if (!instance::is_exact(self) || is_own_attribute(name)) {
            if (PyObject *attribute = PyObject_GenericGetAttr(self, name))
                return attribute;
            if (!PyErr_ExceptionMatches(PyExc_AttributeError))
                return nullptr;
            PyErr_Clear();
        }
        const PyValue &value = value_of(self);
        if (pvxs::Value field = child(value.value, name))
            return view(value, std::move(field));
        return access::get_attribute(value, py::reinterpret_borrow<py::str>(name)).release().ptr();
    });
}

int set_attribute(PyObject *self, PyObject *name, PyObject *value)
{
    return guarded<>(-1, [&]() {
        if (!value)
            throw py::attribute_error("fields of a Value cannot be deleted");
        if (instance::is_exact(self) && !is_own_attribute(name) && is_single(name) &&
            store(value_of(self), name, value))
            return 0;
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
    instance::set(type);
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
