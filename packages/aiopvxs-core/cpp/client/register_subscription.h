#pragma once

#include "python.h"

namespace aiopvxs
{

// After register_client(): it adds to the class Context.
void register_subscription(py::module_ &m);

} // namespace aiopvxs
