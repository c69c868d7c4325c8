#include "server/register.h"

#include "server/queue_executor.h"

namespace aiopvxs
{

void register_server(py::module_ &m)
{
    server::register_shared_pv(m);
    server::register_source(m);
    server::register_operation(m);
    server::register_asking_source(m);
    server::register_access(m);
    server::register_running(m);
}

} // namespace aiopvxs
