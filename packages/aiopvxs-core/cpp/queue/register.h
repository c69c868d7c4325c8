#pragma once

#include "python.h"

namespace aiopvxs
{

void register_queue(py::module_ &m);

} // namespace aiopvxs
