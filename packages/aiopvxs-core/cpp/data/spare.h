// Storage of values that nobody uses any more, for the next value of their type.
//
// PVXS walks a std::map of all fields to set up an empty value, and again to take it down; emptying one that
// is at hand takes a fraction of that. Needs the GIL.
#pragma once

#include "python.h"

namespace aiopvxs::spare
{

// An empty value of the prototype's own type; nothing is marked.
pvxs::Value take(const pvxs::Value &prototype);

// A top-level value that its owner drops. It is kept for take() if nobody else holds it, it is of a type that
// take() was lately asked for, and not many of it are kept already.
void keep(pvxs::Value &&value) noexcept;

} // namespace aiopvxs::spare
