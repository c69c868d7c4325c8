// Python references that pvxs holds (arrays lent to it) and has let go of.
//
// A deleter runs on any thread, perhaps with a pvxs lock held, and so must not take the GIL: it only
// puts the reference on a list. Whoever has the GIL next and comes by releases it.
#pragma once

#include "python.h"

namespace aiopvxs::lent
{

// Any thread, no GIL needed. After the interpreter's end references are leaked on purpose.
void give_back(PyObject *object) noexcept;

// Release what was given back. Needs the GIL.
void release() noexcept;

// Around fork(): hold the list's lock, so that the child finds it free.
void lock() noexcept;
void unlock() noexcept;

} // namespace aiopvxs::lent
