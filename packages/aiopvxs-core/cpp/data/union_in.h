// Python objects to unions.
#pragma once

#include "data/where.h"
#include "python.h"

namespace aiopvxs
{

// A union of the type of `field` with the object in it: in the member that is named, else that of exactly
// the object's type, else the selected one, else the one that fits best. None: nothing is selected. Raises
// the data errors.
pvxs::Value union_from(const pvxs::Value &field, py::handle object, const Where &where);

} // namespace aiopvxs
