// Equality of values: shape of the type and content.
#pragma once

#include "python.h"

namespace aiopvxs
{

// True if both have the same shape (ids aside) and the same content; NaN equals NaN at the same place.
// Marks do not count. Needs no GIL.
bool equal(const pvxs::Value &a, const pvxs::Value &b);

} // namespace aiopvxs
