#pragma once

#include "python.h"

namespace aiopvxs
{

void register_server(py::module_ &m);

} // namespace aiopvxs
