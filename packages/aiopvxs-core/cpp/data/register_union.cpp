// The selected member of a union.
#include <algorithm>

#include "data/compound.h"
#include "data/convert.h"
#include "data/layout.h"
#include "data/lookup.h"
#include "data/register_value.h"
#include "data/where.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

py::object selected_name(const PyValue &self)
{
    // a structure may have a field of this name, which an AttributeError lets Python look for
    if (self.value.type() != pvxs::TypeCode::Union)
        errors::raise(PyExc_AttributeError, "only a union has 'selected', not " +
                                                Target{self.value.type(), Where{nullptr, {}, &self}}.text());
    const std::string name = selected(self.value).name;
    return name.empty() ? py::object(py::none()) : py::object(decode(name));
}

PyValue select(const PyValue &self, const py::str &name)
{
    const Where where{nullptr, {}, &self};
    if (self.value.type() != pvxs::TypeCode::Union)
        errors::raise(PyExc_TypeError, Target{self.value.type(), where}.text() +
                                           " has no members to select: it is not a union");
    const std::string member = path_from(name);
    const auto members = Layout::of(self.value);
    const bool known = std::any_of(members->fields.begin(), members->fields.end(),
                                   [&](const Layout::Field &field) { return field.name == member; });
    if (!known)
        raise_missing(self.value, member);
    pvxs::Value field = self.value;
    field.lookup("->" + member); // not const: selects it
    field.mark();
    self.mark_holders();
    return find_view(self, member);
}

} // namespace

void register_value_union(ValueClass &cls)
{
    cls.def_property_readonly("selected", &selected_name,
                              "The name of the selected member of a union; None if none is.")
        .def("select", &select, py::arg("member"),
             "Select that member of a union, which is empty unless it was selected before, and return it.");
}

} // namespace aiopvxs
