// Values as text for people.
#pragma once

#include <string>

#include "data/py_value.h"
#include "python.h"

namespace aiopvxs
{

// pvxs's tree: types, names and values, a line for each field; no newline at the end. Floats have all
// their digits and texts their own letters, where pvxs prints six digits and bytes. With a limit (not 0),
// "..." stands for the elements of an array beyond it.
std::string format_tree(const pvxs::Value &value, size_t limit = 0);

// pvxs's delta: a line "name type = value" for each marked leaf and all that is in it; may be empty.
std::string format_delta(const pvxs::Value &value, size_t limit = 0);

// Format by a specification "tree", "delta" or one of these with a limit, "tree:20". False for any other;
// raises ValueError for a limit that is none.
bool format_as(const pvxs::Value &value, const std::string &spec, std::string &text);

// What str() gives: the text of a scalar, "{3}[1, 2, 3]" of an array, the tree of a structure.
std::string format_text(const pvxs::Value &value);

// One short line for repr().
std::string format_repr(const pvxs::Value &value);

} // namespace aiopvxs
