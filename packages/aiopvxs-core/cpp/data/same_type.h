// Comparison of types. No function here needs the GIL.
#pragma once

#include "python.h"

namespace aiopvxs
{

// Whether two values have the same shape: fields, names, order and types, ids aside. pvxs's own equalType()
// runs off the end of the members of a union or structure that has fewer of them than its counterpart.
bool same_type(const pvxs::Value &a, const pvxs::Value &b);

} // namespace aiopvxs
