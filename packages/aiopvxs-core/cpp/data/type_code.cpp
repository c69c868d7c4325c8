#include "data/type_code.h"

#include <array>
#include <cstdint>
#include <string>

#include "data/convert.h"
#include "data/element.h"
#include "data/register_pickle.h"
#include "errors.h"
#include "python_call.h"

namespace aiopvxs
{

namespace
{

using pvxs::TypeCode;

bool is_known(unsigned long number)
{
    // 0x10 would be a fixed-size array, which pvxs has not
    return number <= 0xff && TypeCode(static_cast<std::uint8_t>(number)).name()[0] != '?';
}

TypeCode from_number(py::handle object)
{
    const unsigned long number = PyLong_AsUnsignedLong(object.ptr());
    if (PyErr_Occurred() || !is_known(number)) {
        PyErr_Clear();
        errors::raise(PyExc_ValueError, "no type code has the number " + encode(py::str(object)));
    }
    return TypeCode(static_cast<std::uint8_t>(number));
}

bool is_class(py::handle object, PyTypeObject &type)
{
    return object.ptr() == reinterpret_cast<PyObject *>(&type);
}

// bool, int, float and str; Null for any other class.
TypeCode from_class(py::handle object)
{
    if (is_class(object, PyBool_Type))
        return TypeCode::Bool;
    if (is_class(object, PyLong_Type))
        return TypeCode::Int64;
    if (is_class(object, PyFloat_Type))
        return TypeCode::Float64;
    if (is_class(object, PyUnicode_Type))
        return TypeCode::String;
    return TypeCode::Null;
}

// list[float]; Null for anything else.
TypeCode from_generic(py::handle object)
{
    if (!is_class(py::getattr(object, "__origin__", py::none()), PyList_Type))
        return TypeCode::Null;
    const py::tuple arguments = object.attr("__args__");
    return arguments.size() == 1 ? type_code_from(arguments[0]).arrayOf() : TypeCode();
}

// A numpy dtype, or the scalar type of one; Null for anything else.
TypeCode from_dtype(py::handle object)
{
    const py::object modules = py::module_::import("sys").attr("modules");
    if (!modules.contains("numpy")) // then it cannot be one
        return TypeCode::Null;
    const py::module_ numpy = py::module_::import("numpy");
    const int is_scalar_type =
        PyType_Check(object.ptr()) ? PyObject_IsSubclass(object.ptr(), numpy.attr("generic").ptr()) : 0;
    if (is_scalar_type < 0)
        throw py::error_already_set();
    if (!is_scalar_type && !py::isinstance(object, numpy.attr("dtype")))
        return TypeCode::Null;
    const py::object dtype = numpy.attr("dtype")(object);
    const auto kind = dtype.attr("kind").cast<std::string>();
    const auto size = dtype.attr("itemsize").cast<unsigned>();
    if (kind == "b")
        return TypeCode::Bool;
    if (kind == "U" || kind == "S" || kind == "T")
        return TypeCode::String;
    const std::uint8_t order = size == 1 ? 0 : size == 2 ? 1 : size == 4 ? 2 : 3;
    if (kind == "i" || kind == "u")
        return TypeCode(static_cast<std::uint8_t>((kind == "i" ? TypeCode::Int8 : TypeCode::UInt8) | order));
    if (kind == "f" && (size == 4 || size == 8))
        return size == 4 ? TypeCode::Float32 : TypeCode::Float64;
    return TypeCode::Null;
}

bool equals(TypeCode code, py::handle other)
{
    if (py::isinstance<TypeCode>(other))
        return code == other.cast<TypeCode>();
    if (!PyLong_Check(other.ptr()) || PyBool_Check(other.ptr()))
        return false;
    const unsigned long number = PyLong_AsUnsignedLong(other.ptr());
    if (PyErr_Occurred()) {
        PyErr_Clear();
        return false;
    }
    return number == code.code;
}

// Asked for often: pybind11 would be called for ==, and Python for != that calls it.
PyObject *compare(PyObject *self, PyObject *other, int operation)
{
    if (operation != Py_EQ && operation != Py_NE)
        Py_RETURN_NOTIMPLEMENTED;
    return guarded_call<PyObject *>(nullptr, [&]() {
        const bool same = equals(py::handle(self).cast<TypeCode>(), other);
        return PyBool_FromLong(same == (operation == Py_EQ) ? 1 : 0);
    });
}

void set_compare(PyHeapTypeObject *type) { type->ht_type.tp_richcompare = compare; }

void register_type_code_enum(py::module_ &m)
{
    py::native_enum<TypeCode::code_t>(m, "TypeCodeEnum", "enum.IntEnum",
                                      "Types of fields (pvxs::TypeCode); the ending A means an array.")
        .value("Bool", TypeCode::Bool)
        .value("BoolA", TypeCode::BoolA)
        .value("Int8", TypeCode::Int8)
        .value("Int16", TypeCode::Int16)
        .value("Int32", TypeCode::Int32)
        .value("Int64", TypeCode::Int64)
        .value("UInt8", TypeCode::UInt8)
        .value("UInt16", TypeCode::UInt16)
        .value("UInt32", TypeCode::UInt32)
        .value("UInt64", TypeCode::UInt64)
        .value("Int8A", TypeCode::Int8A)
        .value("Int16A", TypeCode::Int16A)
        .value("Int32A", TypeCode::Int32A)
        .value("Int64A", TypeCode::Int64A)
        .value("UInt8A", TypeCode::UInt8A)
        .value("UInt16A", TypeCode::UInt16A)
        .value("UInt32A", TypeCode::UInt32A)
        .value("UInt64A", TypeCode::UInt64A)
        .value("Float32", TypeCode::Float32)
        .value("Float64", TypeCode::Float64)
        .value("Float32A", TypeCode::Float32A)
        .value("Float64A", TypeCode::Float64A)
        .value("String", TypeCode::String)
        .value("StringA", TypeCode::StringA)
        .value("Struct", TypeCode::Struct)
        .value("Union", TypeCode::Union)
        .value("Any", TypeCode::Any)
        .value("StructA", TypeCode::StructA)
        .value("UnionA", TypeCode::UnionA)
        .value("AnyA", TypeCode::AnyA)
        .value("Null", TypeCode::Null)
        .finalize();
    py::native_enum<pvxs::StoreType>(m, "StoreTypeEnum", "enum.IntEnum",
                                     "How pvxs stores a field (pvxs::StoreType).")
        .value("Null", pvxs::StoreType::Null)
        .value("Bool", pvxs::StoreType::Bool)
        .value("UInteger", pvxs::StoreType::UInteger)
        .value("Integer", pvxs::StoreType::Integer)
        .value("Real", pvxs::StoreType::Real)
        .value("String", pvxs::StoreType::String)
        .value("Compound", pvxs::StoreType::Compound)
        .value("Array", pvxs::StoreType::Array)
        .finalize();
}

} // namespace

TypeCode type_code_or_null(py::handle dtype) { return from_dtype(dtype); }

bool names_type(py::handle object)
{
    static PyObject *const codes = py::type::of(type_code_enum(TypeCode::Bool)).release().ptr();
    const py::handle type(reinterpret_cast<PyObject *>(Py_TYPE(object.ptr())));
    return type.ptr() == codes || py::isinstance<TypeCode>(object) || PyType_Check(object.ptr()) ||
           from_generic(object) != TypeCode::Null || from_dtype(object) != TypeCode::Null;
}

TypeCode type_code_from(py::handle object)
{
    if (py::isinstance<TypeCode>(object))
        return object.cast<TypeCode>();
    if (PyLong_Check(object.ptr()) && !PyBool_Check(object.ptr()))
        return from_number(object);
    TypeCode code = from_class(object);
    if (code == TypeCode::Null)
        code = from_generic(object);
    if (code == TypeCode::Null)
        code = from_dtype(object);
    if (code == TypeCode::Null)
        errors::raise(PyExc_TypeError,
                      "a type code is a TypeCodeEnum, bool, int, float, str, a list of these such as "
                      "list[float], or a numpy dtype, not " +
                          encode(py::repr(object)));
    return code;
}

// Each is made once: its lookup is a call in Python. Never destroyed: that would be after the interpreter.
py::object type_code_enum(TypeCode code)
{
    static auto *const members = new std::array<py::object, 256>;
    py::object &member = (*members)[static_cast<std::uint8_t>(code.code)];
    if (!member)
        member = py::cast(code.code);
    return member;
}

// As those of the enum.
py::object type_code_object(TypeCode code)
{
    static auto *const made = new std::array<py::object, 256>;
    py::object &object = (*made)[static_cast<std::uint8_t>(code.code)];
    if (!object)
        object = py::cast(code);
    return object;
}

void register_type_code(py::module_ &m)
{
    register_type_code_enum(m);
    py::class_<TypeCode> cls(m, "TypeCode", "The type of a field; equals the TypeCodeEnum of the same type.",
                             py::custom_type_setup(set_compare));
    cls.def(py::init(&type_code_from), py::arg("code"))
        .def_property_readonly("code", &type_code_enum, "The TypeCodeEnum.")
        .def("name", &TypeCode::name, "Return the name that PVXS prints, such as 'int32_t[]'.")
        .def_property_readonly("is_array", &is_array, "True for an array type.")
        .def_property_readonly(
            "scalar", [](TypeCode self) { return type_code_object(is_array(self) ? self.scalarOf() : self); },
            "The type of one element of an array type.")
        .def("__hash__", [](TypeCode self) { return py::hash(type_code_enum(self)); })
        .def("__index__", [](TypeCode self) { return static_cast<unsigned>(self.code); })
        .def("__str__", &TypeCode::name)
        .def("__repr__", [](TypeCode self) {
            return "TypeCode(" + encode(py::str(type_code_enum(self).attr("name"))) + ")";
        });
    add_pickling(cls, "reduce_type_code");
    add_immutable_copies(cls);
}

} // namespace aiopvxs
