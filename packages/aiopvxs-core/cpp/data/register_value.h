// The class Value, by topic.
#pragma once

#include "data/py_value.h"
#include "python.h"

namespace aiopvxs
{

using ValueClass = py::class_<PyValue>;

void register_value(ValueClass &cls);         // fields, marks, copies, types
void register_value_readers(ValueClass &cls); // as_int("path", default=...) and the like
void register_value_union(ValueClass &cls);   // the selected member of a union
void register_value_leaf(ValueClass &cls);    // a leaf as the Python value that it holds
void register_value_text(ValueClass &cls);    // text: for people, for notebooks, as JSON
void register_rows(py::module_ &m);           // what aiopvxs_core._html makes tables of

} // namespace aiopvxs
