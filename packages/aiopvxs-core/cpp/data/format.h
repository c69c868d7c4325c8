// Values as text for people.
#pragma once

#include <string>

#include "data/py_value.h"
#include "python.h"

namespace aiopvxs
{

// pvxs's tree: types, names and values, a line for each field; no newline at the end. Floats have all
// their digits and texts their own letters, where pvxs prints six digits and bytes.
std::string format_tree(const pvxs::Value &value);

// What str() gives: the text of a scalar, "{3}[1, 2, 3]" of an array, the tree of a structure.
std::string format_text(const pvxs::Value &value);

// One short line for repr().
std::string format_repr(const pvxs::Value &value);

} // namespace aiopvxs
