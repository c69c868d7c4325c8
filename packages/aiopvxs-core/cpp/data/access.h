// Fields of a Value as items, attributes and in iteration.
#pragma once

#include <optional>

#include "data/where.h"
#include "python.h"

namespace aiopvxs::access
{

// The field of that path, or the value itself; raises FieldLookupError, or NoField for a Null value.
pvxs::Value field(const PyValue &self, const std::optional<py::str> &path);

py::object get_item(const PyValue &self, py::handle key);
void set_item(PyValue &self, py::handle key, py::handle value);
// v.assign(value): all of it, or nothing.
void assign(const PyValue &self, py::handle value);
py::object get_attribute(const PyValue &self, const py::str &name);
void set_attribute(py::handle self, const py::str &name, py::handle value);
py::object get(const PyValue &self, const py::str &path, py::object missing);
bool contains(const PyValue &self, py::handle item);
py::object iterate(const PyValue &self);
std::size_t length(const PyValue &self);
py::list directory(py::handle self);
py::list keys(const PyValue &self);
py::list values(const PyValue &self);
py::list items(const PyValue &self);

} // namespace aiopvxs::access
