// Frozen ndarrays that stay frozen.
#pragma once

#include "python.h"

namespace aiopvxs::permanent
{

// `owner` is an ndarray that owns its memory and is not writeable. From now on it cannot be made writeable,
// nor resized: its memory belongs to another ndarray that nobody can reach, and `owner` is a view of it.
// False if that cannot be done with this one; then nothing has changed.
bool freeze(py::handle owner);

// Whether this, the base of an ndarray, is what freeze() put there.
bool is_frozen_memory(py::handle base);

} // namespace aiopvxs::permanent
