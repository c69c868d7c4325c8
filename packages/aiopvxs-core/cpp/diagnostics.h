#pragma once

#include "python.h"

namespace aiopvxs
{

void register_diagnostics(py::module_ &m);

} // namespace aiopvxs
