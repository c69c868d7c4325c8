// A value as the rows of a table, for notebooks.
#pragma once

#include "python.h"

namespace aiopvxs
{

// A list of (depth, name, type, text, marked), one for each field and element: at most `most_rows`, of an
// array at most `most_elements`. A row of "..." stands for what is left out. The text of a structure is None.
py::list rows_of(const pvxs::Value &value, size_t most_elements, size_t most_rows);

} // namespace aiopvxs
