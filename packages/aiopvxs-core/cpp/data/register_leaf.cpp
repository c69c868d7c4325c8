// A leaf behaves as the Python value that it holds.
#include "data/compound.h"
#include "data/convert.h"
#include "data/element.h"
#include "data/equal.h"
#include "data/leaf.h"
#include "data/numpy_array.h"
#include "data/register_value.h"
#include "data/where.h"
#include "errors.h"
#include "python_call.h"

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

py::object operand(py::handle object)
{
    if (py::isinstance<PyValue>(object))
        return leaf::operand(object.cast<const PyValue &>());
    return py::reinterpret_borrow<py::object>(object);
}

using Binary = PyObject *(*)(PyObject *, PyObject *);
using Unary = PyObject *(*)(PyObject *);

PyObject *power(PyObject *a, PyObject *b) { return PyNumber_Power(a, b, Py_None); }

void add_binary(ValueClass &cls, const std::string &name, Binary function)
{
    cls.def(("__" + name + "__").c_str(),
            [function](const PyValue &self, py::handle other) {
                return steal(function(leaf::operand(self).ptr(), operand(other).ptr()));
            },
            py::arg("other"));
    cls.def(("__r" + name + "__").c_str(),
            [function](const PyValue &self, py::handle other) {
                return steal(function(operand(other).ptr(), leaf::operand(self).ptr()));
            },
            py::arg("other"));
}

void add_unary(ValueClass &cls, const char *name, Unary function)
{
    cls.def(name, [function](const PyValue &self) { return steal(function(leaf::operand(self).ptr())); });
}

void register_arithmetic(ValueClass &cls)
{
    add_binary(cls, "add", &PyNumber_Add);
    add_binary(cls, "sub", &PyNumber_Subtract);
    add_binary(cls, "mul", &PyNumber_Multiply);
    add_binary(cls, "matmul", &PyNumber_MatrixMultiply);
    add_binary(cls, "truediv", &PyNumber_TrueDivide);
    add_binary(cls, "floordiv", &PyNumber_FloorDivide);
    add_binary(cls, "mod", &PyNumber_Remainder);
    add_binary(cls, "divmod", &PyNumber_Divmod);
    add_binary(cls, "pow", &power);
    add_binary(cls, "lshift", &PyNumber_Lshift);
    add_binary(cls, "rshift", &PyNumber_Rshift);
    add_binary(cls, "and", &PyNumber_And);
    add_binary(cls, "or", &PyNumber_Or);
    add_binary(cls, "xor", &PyNumber_Xor);
    add_unary(cls, "__neg__", &PyNumber_Negative);
    add_unary(cls, "__pos__", &PyNumber_Positive);
    add_unary(cls, "__abs__", &PyNumber_Absolute);
    add_unary(cls, "__invert__", &PyNumber_Invert);
    // so that numpy leaves the operators to us when it is on the left
    cls.attr("__array_priority__") = 1.0;
    cls.def(
        "__round__",
        [](const PyValue &self, py::handle digits) {
            const py::object round = py::module_::import("builtins").attr("round");
            return digits.is_none() ? round(leaf::operand(self)) : round(leaf::operand(self), digits);
        },
        py::arg("ndigits") = py::none());
}

bool is_scalar(const pvxs::Value &value)
{
    const pvxs::TypeCode code = value.type();
    return !code.isarray() && code.kind() != pvxs::Kind::Compound && code != pvxs::TypeCode::Null;
}

// One bool for arrays too; element by element.
bool equals_python(const PyValue &self, py::handle other)
{
    const py::object mine = to_python(self.value, Arrays::list);
    if (!PyList_Check(mine.ptr()) || PyList_Check(other.ptr()))
        return mine.equal(other);
    if (PyTuple_Check(other.ptr()))
        return mine.equal(py::list(py::reinterpret_borrow<py::object>(other)));
    if (has_attribute(other, "tolist"))
        return mine.equal(other.attr("tolist")());
    return mine.equal(other);
}

bool equals(const PyValue &self, py::handle other)
{
    if (!py::isinstance<PyValue>(other))
        return !self.value ? other.is_none() : equals_python(self, other);
    const PyValue &value = other.cast<const PyValue &>();
    if (equal(self.value, value.value))
        return true;
    // two numbers are equal as numbers, whatever their fields' types
    return is_scalar(self.value) && is_scalar(value.value) &&
           to_python(self.value, Arrays::list).equal(to_python(value.value, Arrays::list));
}

void add_order(ValueClass &cls, const char *name, int op)
{
    cls.def(
        name,
        [op](const PyValue &self, py::handle other) {
            return steal(PyObject_RichCompare(leaf::operand(self).ptr(), operand(other).ptr(), op));
        },
        py::arg("other"));
}

void register_comparison(ValueClass &cls)
{
    cls.def("__eq__", &equals, py::arg("other"))
        .def(
            "__ne__", [](const PyValue &self, py::handle other) { return !equals(self, other); },
            py::arg("other"));
    add_order(cls, "__lt__", Py_LT);
    add_order(cls, "__le__", Py_LE);
    add_order(cls, "__gt__", Py_GT);
    add_order(cls, "__ge__", Py_GE);
    cls.attr("__hash__") = py::none();
}

py::object as_ndarray(const PyValue &self, py::handle dtype, py::handle copy)
{
    const py::object plain = leaf::operand(self);
    const bool texts = content(self.value).type() == pvxs::TypeCode::StringA;
    py::object array = texts ? numpy_array::texts(plain) : numpy_array::from_object(plain);
    const bool view = self.value.type() != pvxs::TypeCode::StringA && is_array(self.value.type());
    const bool same = dtype.is_none() || py::object(array.attr("dtype")).equal(dtype);
    if (!copy.is_none() && !copy.cast<bool>() && !(view && same))
        errors::raise(PyExc_ValueError, "this array cannot be had without a copy");
    if (!same)
        return array.attr("astype")(dtype);
    return !copy.is_none() && copy.cast<bool>() ? py::object(array.attr("copy")()) : array;
}

} // namespace

py::object leaf::operand(const PyValue &self)
{
    const pvxs::Value inner = content(self.value);
    const pvxs::TypeCode code = inner.type();
    if (code == pvxs::TypeCode::Null || code == pvxs::TypeCode::Struct) {
        const Where where{nullptr, {}, &self};
        errors::raise(PyExc_TypeError,
                      Target{code, where, -1, nullptr}.text() + " is not a number, text or array");
    }
    return to_python(inner, Arrays::numpy);
}

bool leaf::truth(const PyValue &self)
{
    const pvxs::Value inner = content(self.value);
    const pvxs::TypeCode code = inner.type();
    if (code == pvxs::TypeCode::Null || code == pvxs::TypeCode::Struct)
        return code == pvxs::TypeCode::Struct;
    if (code.isarray())
        return !inner.as<pvxs::shared_array<const void>>().empty();
    return PyObject_IsTrue(to_python(inner, Arrays::list).ptr()) == 1;
}

void register_value_leaf(ValueClass &cls)
{
    register_arithmetic(cls);
    register_comparison(cls);
    cls.def("__array__", &as_ndarray, py::arg("dtype") = py::none(), py::arg("copy") = py::none());
}

} // namespace aiopvxs
