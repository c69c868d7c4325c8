// Member and TypeDef in Python.
#include <algorithm>

#include "data/convert.h"
#include "data/fast_method.h"
#include "data/guarded.h"
#include "data/py_value.h"
#include "data/register_pickle.h"
#include "data/type_code.h"
#include "data/type_def.h"
#include "data/type_plain.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

std::vector<MemberDef::Ptr> members_from(py::handle iterable)
{
    std::vector<MemberDef::Ptr> members;
    for (py::handle item : py::iter(iterable)) {
        if (!py::isinstance<PyMember>(item))
            errors::raise(PyExc_TypeError, "members are Member objects, not " + encode(py::repr(item)));
        members.push_back(item.cast<const PyMember &>().def);
    }
    // a set has no order of its own that two processes would agree on
    if (PyAnySet_Check(iterable.ptr()))
        std::sort(members.begin(), members.end(),
                  [](const MemberDef::Ptr &a, const MemberDef::Ptr &b) { return a->name < b->name; });
    return members;
}

PyMember make_member(py::handle code, const py::str &name, py::handle children, const py::str &id)
{
    auto def = std::make_shared<MemberDef>();
    def->code = type_code_from(code);
    def->name = encode(name);
    def->id = encode(id);
    def->children = members_from(children);
    def->validate(true);
    return PyMember{def};
}

PyTypeDef make_type_def(py::handle code, py::handle members, const py::str &id)
{
    auto def = std::make_shared<MemberDef>();
    def->code = type_code_from(code);
    def->id = encode(id);
    def->children = members_from(members);
    return PyTypeDef(def);
}

PyTypeDef extended(const PyTypeDef &base, py::handle members)
{
    auto def = std::make_shared<MemberDef>(*base.top);
    for (MemberDef::Ptr &member : members_from(members))
        def->children.push_back(std::move(member));
    return PyTypeDef(def);
}

bool is_compound(pvxs::TypeCode code) { return code.kind() == pvxs::Kind::Compound; }

PyMember as_member(const PyTypeDef &type, const py::str &name, py::handle code)
{
    auto def = std::make_shared<MemberDef>(*type.top);
    def->name = encode(name);
    if (!code.is_none()) {
        const pvxs::TypeCode changed = type_code_from(code);
        // a structure may become an array of it, not a union or a number
        if (!is_compound(changed) || changed.scalarOf() != def->code.scalarOf())
            errors::raise(PyExc_ValueError, std::string("a definition of ") + def->code.name() +
                                                " cannot become a member of " + changed.name());
        def->code = changed;
    }
    def->validate(true);
    return PyMember{def};
}

py::tuple children_of(const MemberDef &def)
{
    py::tuple children(def.children.size());
    for (std::size_t i = 0; i < def.children.size(); i++)
        children[i] = PyMember{def.children[i]};
    return children;
}

std::string repr_of(const MemberDef &def)
{
    std::string text = encode(py::str(type_code_enum(def.code).attr("name")));
    if (!def.name.empty())
        text += " '" + def.name + "'";
    if (!def.id.empty())
        text += " \"" + def.id + "\"";
    if (!def.children.empty())
        text += " of " + std::to_string(def.children.size());
    return text;
}

std::string tree_of(const PyTypeDef &type)
{
    std::ostringstream stream;
    stream << type.built;
    std::string text = stream.str();
    if (!text.empty() && text.back() == '\n')
        text.pop_back();
    return text;
}

void register_member(py::module_ &m)
{
    py::class_<PyMember> cls(m, "Member", "One field of a type definition (pvxs::Member); immutable.");
    cls.def(py::init(&make_member), py::arg("code"), py::arg("name"), py::arg("children") = py::tuple(),
            py::arg("id") = "",
            "Define a field of the type code, with children where it is a structure or union (or an array of "
            "these). A set of children is ordered by name.")
        .def_property_readonly(
            "code", [](const PyMember &self) { return self.def->code; }, "The TypeCode.")
        .def_property_readonly(
            "name", [](const PyMember &self) { return decode(self.def->name); }, "The field's name.")
        .def_property_readonly(
            "id", [](const PyMember &self) { return decode(self.def->id); },
            "The type id of a structure or union, else ''.")
        .def_property_readonly(
            "children", [](const PyMember &self) { return children_of(*self.def); },
            "The Members of a structure or union, in order.")
        .def(
            "__eq__",
            [](const PyMember &self, py::handle other) {
                return py::isinstance<PyMember>(other) && *self.def == *other.cast<const PyMember &>().def;
            },
            py::arg("other"))
        .def("__hash__", [](const PyMember &self) { return static_cast<py::ssize_t>(self.def->hash()); })
        .def("__repr__", [](const PyMember &self) { return "<Member " + repr_of(*self.def) + ">"; });
    add_pickling(cls, "reduce_member");
    add_immutable_copies(cls);
}

PyObject *general_create = nullptr;

PyObject *create(PyObject *self, PyObject *const *arguments, Py_ssize_t positional, PyObject *names)
{
    return guarded<>(static_cast<PyObject *>(nullptr), [&]() {
        const auto *object = reinterpret_cast<const py::detail::instance *>(self);
        const bool usual = positional == 0 && !names && object->simple_layout;
        const auto *type = usual ? static_cast<const PyTypeDef *>(object->simple_value_holder[0]) : nullptr;
        if (type)
            return instance::make(PyValue(type->create()));
        return fast_method::pass_on(general_create, {self, arguments, positional, names});
    });
}

} // namespace

void register_type_def(py::module_ &m)
{
    register_member(m);
    py::class_<PyTypeDef> cls(m, "TypeDef", "The definition of a type (pvxs::TypeDef); immutable.");
    cls.def(py::init(&make_type_def), py::arg("code"), py::arg("members") = py::tuple(), py::arg("id") = "",
            "Define a type of this code, with members where it is a structure or union.")
        .def_static(
            "from_value",
            [](const PyValue &value) {
                if (!value.value)
                    errors::raise("NoField", "a Null value has no type");
                return PyTypeDef(MemberDef::of(value.value, ""));
            },
            py::arg("value"), "Return the definition of an existing value.")
        .def(
            "create", [](const PyTypeDef &self) { return PyValue(self.create()); },
            "Make a value of this type: zeros, empty strings and arrays, nothing marked.")
        .def_static(
            "from_py", [](py::handle spec) { return PyTypeDef(type_plain::of(spec)); }, py::arg("spec"),
            "Return the definition that to_py() wrote; a type may also be anything else that is a type code.")
        .def(
            "to_py", [](const PyTypeDef &self) { return type_plain::from(*self.top); },
            "Return the definition as plain lists and strings: a type is its name in PVXS, such as "
            "'int32_t[]', or for a structure or union [kind, id, [[name, type], ...]].")
        .def("member", &as_member, py::arg("name"), py::arg("code") = py::none(),
             "Return a Member of this type; code may make it an array of structures or unions.")
        .def_property_readonly(
            "code", [](const PyTypeDef &self) { return self.top->code; }, "The TypeCode.")
        .def_property_readonly(
            "id", [](const PyTypeDef &self) { return decode(self.top->id); },
            "The type id, '' where there is none.")
        .def_property_readonly(
            "members", [](const PyTypeDef &self) { return children_of(*self.top); }, "The Members, in order.")
        .def("__add__", &extended, py::arg("members"), "Return a definition with these members appended.")
        .def(
            "__eq__",
            [](const PyTypeDef &self, py::handle other) {
                return py::isinstance<PyTypeDef>(other) && *self.top == *other.cast<const PyTypeDef &>().top;
            },
            py::arg("other"))
        .def("__hash__", [](const PyTypeDef &self) { return static_cast<py::ssize_t>(self.top->hash()); })
        .def("__str__", [](const PyTypeDef &self) { return decode(tree_of(self)); })
        .def("__repr__",
             [](const PyTypeDef &self) { return decode("<TypeDef " + repr_of(*self.top) + ">"); });
    general_create = fast_method::replace(cls, "create", &create);
    add_pickling(cls, "reduce_type_def");
    add_immutable_copies(cls);
}

} // namespace aiopvxs
