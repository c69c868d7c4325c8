// Python objects to fields and back: strict, and in this one place.
#pragma once

#include <string>

#include "python.h"

namespace aiopvxs
{

// Store a Python object into a field. Nothing is converted by truncation, wrap-around or cut-off; on
// any error the field, its marks and everything below it are as they were. `path` is the field's name
// for messages. Raises the data errors of aiopvxs_core.errors (as py::error_already_set).
void assign(pvxs::Value &field, py::handle object, const std::string &path);
// The same with a name that is spelt only if an error needs it (data/where.h).
struct Where;
void assign(pvxs::Value &field, py::handle object, const Where &where);

enum class Arrays { list, numpy };

// The Python value of a field: scalars as int, float, bool, str; arrays as asked; structures as dict;
// None for a Null value.
py::object to_python(const pvxs::Value &field, Arrays arrays, bool only_marked = false);

// A str from bytes of the wire; what is not UTF-8 is kept by surrogateescape.
py::str decode(const std::string &bytes);

// The reverse of decode, for names and texts on their way to pvxs.
std::string encode(py::handle text);

} // namespace aiopvxs
