#pragma once

#include "python.h"

namespace aiopvxs
{

void register_log(py::module_ &m);

} // namespace aiopvxs
