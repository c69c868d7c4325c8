#pragma once

#include "python.h"

namespace aiopvxs
{

void register_version(py::module_ &m);

} // namespace aiopvxs
