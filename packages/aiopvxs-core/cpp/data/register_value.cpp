// Fields, marks, copies and types of Value.
#include "data/register_value.h"
#include "data/access.h"
#include "data/clone.h"
#include "data/compound.h"
#include "data/convert.h"
#include "data/marks.h"
#include "data/register_pickle.h"
#include "data/same_type.h"
#include "data/type_code.h"
#include "data/type_def.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

PyValue clone(const PyValue &self) { return PyValue(deep_clone(self.value)); }

void register_fields(ValueClass &cls)
{
    // the rest of these are slots
    cls.def("__contains__", &access::contains, py::arg("item"))
        .def("__iter__", &access::iterate)
        .def("__len__", &access::length)
        .def("__dir__", &access::directory)
        .def("get", &access::get, py::arg("path"), py::arg("default") = py::none(),
             "Return the field of that path, or default if there is none.")
        .def("keys", &access::keys, "Return the names of the fields of a structure.")
        .def("values", &access::values, "Return the fields of a structure.")
        .def("items", &access::items, "Return (name, field) pairs of a structure.")
        .def("assign", &access::assign, py::arg("value"),
             "Assign a Python object, to a structure a dict or a Value (then its marked leaves): all of it "
             "or, on an error, nothing. What is assigned is marked.");
}

void register_marks(ValueClass &cls)
{
    cls.def(
           "changed", [](const PyValue &self) { return marks::names(self.value); },
           "Return the dotted names of the marked leaves of a structure.")
        .def(
            "mark",
            [](const PyValue &self, const std::optional<py::str> &path) {
                marks::set(access::field(self, path));
            },
            py::arg("path") = py::none(), "Mark the field; of a structure, every leaf.")
        .def(
            "unmark",
            [](const PyValue &self, const std::optional<py::str> &path) {
                marks::clear(self.top(), access::field(self, path));
            },
            py::arg("path") = py::none(),
            "Remove the mark of the field; of a structure, those of every leaf.")
        .def(
            "is_marked",
            [](const PyValue &self, const std::optional<py::str> &path) {
                return access::field(self, path).isMarked(true, true);
            },
            py::arg("path") = py::none(), "Return whether the field, or anything in it, is marked.");
}

void register_copies(ValueClass &cls)
{
    cls.def("clone", &clone, "Return an independent copy, with the same marks.")
        .def("__copy__", &clone)
        .def(
            "__deepcopy__", [](const PyValue &self, py::handle) { return clone(self); }, py::arg("memo"))
        .def(
            "cloneEmpty", [](const PyValue &self) { return PyValue(self.value.cloneEmpty()); },
            "Return a new value of the same type: zeros, empty strings and arrays, nothing marked.");
}

void register_types(ValueClass &cls)
{
    cls.def(
           "type", [](const PyValue &self) { return type_code_object(self.value.type()); },
           "Return the TypeCode.")
        .def(
            "storageType", [](const PyValue &self) { return self.value.storageType(); },
            "Return the StoreTypeEnum: how PVXS stores it.")
        .def(
            "id", [](const PyValue &self) { return decode(self.value ? self.value.id() : std::string()); },
            "Return the type id of a structure or union, else ''.")
        .def(
            "typedef",
            [](const PyValue &self) {
                if (!self.value)
                    errors::raise("NoField", "a Null value has no type");
                return PyTypeDef(MemberDef::of(self.value, ""));
            },
            "Return the definition of its type.")
        .def(
            "equalInst",
            [](const PyValue &self, const PyValue &other) { return self.value.equalInst(other.value); },
            py::arg("other"), "Return whether both are the same field of the same value.")
        .def(
            "equalType",
            [](const PyValue &self, const PyValue &other) { return same_type(self.value, other.value); },
            py::arg("other"),
            "Return whether both have the same shape: fields, names, order and types, ids aside.");
}

} // namespace

void register_value(ValueClass &cls)
{
    cls.def(py::init<>(), "Make a Null value.");
    register_fields(cls);
    register_marks(cls);
    register_copies(cls);
    add_pickling(cls, "reduce_value");
    register_types(cls);
}

} // namespace aiopvxs
