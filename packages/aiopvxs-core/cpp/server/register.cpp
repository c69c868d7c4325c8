#include "server/register.h"

namespace aiopvxs
{

void register_server(py::module_ &) {}

} // namespace aiopvxs
