// The Python objects of class Value, made and freed without pybind11's registry of instances.
//
// pybind11 looks up the type and notes each instance in a table, so that the same C++ pointer is given the
// same Python object again. A PyValue belongs to one Python object only; leaving that out more than halves
// the cost of v["name"] and of TypeDef.create().
#pragma once

#include "python.h"

namespace aiopvxs
{
struct PyValue;
}

namespace aiopvxs::instance
{

// For pybind11::custom_type_setup.
void set(PyHeapTypeObject *type);

// A new object of class Value; raises MemoryError.
PyObject *make(PyValue &&value);

// Whether it is of the class Value itself, of none derived from it.
bool is_exact(PyObject *object) noexcept;

// What an object of class Value holds; nullptr for any other object, for one that was never initialised, and
// for one that derives from other bound classes too.
PyValue *held(PyObject *object) noexcept;

// Raise TypeError for a Value that was never initialised: pybind11 would hand out memory with nothing in it.
void check_initialised(PyObject *object);

} // namespace aiopvxs::instance

namespace pybind11::detail
{

// What bindings return and take.
template <>
class type_caster<aiopvxs::PyValue> : public type_caster_base<aiopvxs::PyValue>
{
    using base = type_caster_base<aiopvxs::PyValue>;

public:
    using base::cast;
    static handle cast(aiopvxs::PyValue &&value, return_value_policy, handle)
    {
        return aiopvxs::instance::make(std::move(value));
    }
    bool load(handle source, bool convert)
    {
        value = aiopvxs::instance::held(source.ptr());
        if (value)
            return true;
        if (source.is_none())
            return convert; // pybind11 would first ask its class for what other modules know of it
        aiopvxs::instance::check_initialised(source.ptr());
        return base::load(source, convert);
    }
};

} // namespace pybind11::detail
