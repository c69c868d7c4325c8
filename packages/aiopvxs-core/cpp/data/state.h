// The content of a value as nested plain objects that lose nothing, for pickles.
//
//   scalar            bool, int, float; a string is its bytes
//   numeric array     its elements as bytes, little endian; their type is the field's
//   string[]          list of bytes
//   struct            tuple of the contents of its fields
//   union             (name of the selected member, its content), None if there is none
//   any               (type as data/type_plain.h has it, content), None if it is empty
//   struct[], any[]   list of contents, None where an element is null
//   union[]           the same, () where an element is a union without a selection
#pragma once

#include "data/nesting.h"
#include "data/py_value.h"
#include "python.h"

namespace aiopvxs::state
{

// So many tuples and lists may be in one another: a structure in each of the levels that a value may have.
constexpr int deepest = 2 * nesting::most + 1;

// (type, content, sorted names of the marked leaves). "" is the name of a leaf that is the whole value.
py::tuple of(const PyValue &value);

// The value that of() took apart. What is inside unions, Any and arrays comes back marked, as it does when
// pvxs receives it. Raises ValueError, with the place, for anything that of() does not make.
pvxs::Value restore(py::handle type, py::handle content, py::handle marked);

} // namespace aiopvxs::state
