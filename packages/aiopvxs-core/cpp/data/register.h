#pragma once

#include "python.h"

namespace aiopvxs
{

void register_data(py::module_ &m);

} // namespace aiopvxs
