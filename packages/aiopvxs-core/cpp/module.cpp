// Table of contents of aiopvxs_core._core: one submodule per room, one register function each.
#include "client/register.h"
#include "data/register.h"
#include "diagnostics.h"
#include "log/register.h"
#include "python.h"
#include "queue/register.h"
#include "server/register.h"
#include "version.h"

PYBIND11_MODULE(_core, m)
{
    m.doc() = "Compiled binding of PVXS. Private: use the packages aiopvxs and aiopvxs_nt.";

    aiopvxs::register_version(m);
    aiopvxs::register_diagnostics(m);

    auto log = m.def_submodule("log", "What PVXS logs.");
    aiopvxs::register_log(log);

    auto data = m.def_submodule("data", "Types and values.");
    aiopvxs::register_data(data);

    auto queue = m.def_submodule("queue", "The crossing point between pvxs threads and an event loop.");
    aiopvxs::register_queue(queue);

    auto client = m.def_submodule("client", "Client contexts and operations.");
    aiopvxs::register_client(client);

    auto server = m.def_submodule("server", "Servers, sources and process variables.");
    aiopvxs::register_server(server);
}
