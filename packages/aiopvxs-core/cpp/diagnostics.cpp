#include "diagnostics.h"

#include <pvxs/util.h>

namespace aiopvxs
{

void register_diagnostics(py::module_ &m)
{
    m.def(
        "instance_snapshot", []() { return pvxs::instanceSnapshot(); },
        "Return how many objects of each of PVXS's internal classes live.");
}

} // namespace aiopvxs
