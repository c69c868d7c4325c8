#include "client/register.h"

namespace aiopvxs
{

void register_client(py::module_ &) {}

} // namespace aiopvxs
