#pragma once

#include "python.h"

namespace aiopvxs
{

void register_client(py::module_ &m);

} // namespace aiopvxs
