#include "data/register.h"

#include "data/py_value.h"

namespace aiopvxs
{

void register_data(py::module_ &m) { py::class_<PyValue>(m, "Value"); }

} // namespace aiopvxs
