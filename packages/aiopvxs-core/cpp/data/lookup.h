// Fields by path. Never through pvxs's non-const lookup, which selects members of unions on its way.
#pragma once

#include <string>

#include "data/py_value.h"
#include "data/where.h"
#include "python.h"

namespace aiopvxs
{

// A path from Python. One that UTF-8 cannot hold names no field, but can be shown.
std::string path_from(py::handle name);

// The field of that path, Null if there is none.
pvxs::Value find(const pvxs::Value &value, const std::string &path);

// The same as Python has it: a view where it can be one, an independent copy of what is in an array of
// structures, unions or Any. Its value is Null if there is none.
PyValue find_view(const PyValue &self, const std::string &path);

// True for a path through a union, an Any or an element of an array.
bool leaves_structure(const std::string &path);

// The same for a path of fields of this value: those of a union or Any are in what it holds.
bool leaves_structure(const pvxs::Value &value, const std::string &path);

// The field of that path in one structure, to be written to; raises FieldLookupError.
pvxs::Value writable(const pvxs::Value &structure, const std::string &path);

// A path that leaves the structure, in the field where it does so and the rest, which starts with
// "->" or "[".
struct Outward {
    pvxs::Value field;
    std::string rest;
};

// Raises FieldLookupError where the first part is no such field.
Outward outward(const pvxs::Value &value, const std::string &path);

// Why there is no such field: "struct "alarm_t" has no field 'x'; its fields are severity, status".
[[noreturn]] void raise_missing(const pvxs::Value &value, const std::string &path);
std::string missing_text(const pvxs::Value &value, const std::string &path);

} // namespace aiopvxs
