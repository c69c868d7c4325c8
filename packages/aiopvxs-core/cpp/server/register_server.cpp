#include <system_error>

#include "errors.h"
#include "server/queue_executor.h"
#include "server/register.h"
#include "server/server.h"

namespace aiopvxs::server
{

py::list report(const Server &self); // register_report.cpp

namespace
{

std::shared_ptr<Server> make_server(const Settings &settings, const std::shared_ptr<QueueExecutor> &executor)
{
    try {
        py::gil_scoped_release release;
        return std::make_shared<Server>(settings, executor);
    } catch (std::system_error &e) {
        errors::raise_os_error(e, "The server's sockets cannot be bound");
    }
}

} // namespace

void register_running(py::module_ &m)
{
    using no_gil = py::call_guard<py::gil_scoped_release>;

    py::class_<Server, std::shared_ptr<Server>>(m, "Server", "A PVAccess server.")
        .def(py::init(&make_server), py::arg("settings"), py::arg("executor") = py::none(),
             "Bind the sockets; the environment is not read. A TCP port in use is replaced by another.")
        .def("start", &Server::start, no_gil(), "Answer clients. Waits for a stop that is under way.")
        .def("stop", &Server::stop, py::arg("grace") = 0.0, no_gil(),
             "Disconnect the clients, in the background; operations in progress have grace seconds, and are "
             "then answered with an error.")
        .def("wait_stopped", &Server::wait_stopped, py::arg("timeout"), no_gil(),
             "Wait until stop() has done its work; False after timeout seconds, negative: for ever.")
        .def_property_readonly("running", py::cpp_function(&Server::running, no_gil()),
                               "True between start() and stop().")
        .def_property_readonly("settings", py::cpp_function(&Server::settings, no_gil()),
                               "The effective EPICS_PVAS_* and EPICS_PVA_* settings, with the ports in use.")
        .def("add_source", &Server::add_source, py::arg("name"), py::arg("source"), py::arg("order"),
             no_gil(), "Add a source; False if there is one of that name and order.")
        .def("remove_source", &Server::remove_source, py::arg("name"), py::arg("order"), no_gil(),
             "Ask a source no more; False if there is none of that name and order.")
        .def("list_sources", &Server::list_sources, no_gil(), "Return the name and order of each source.")
        .def("report", &report,
             "Return (peer, account, method, tx, rx, channels) of each connection; channels are (name, tx, "
             "rx, subscriptions, squashed, queues), queues (queued, max_queued, limit).")
        .def("announce", &Server::announce, no_gil(),
             "Let the next beacon tell that PVs were added: waiting clients then search at once.");
}

} // namespace aiopvxs::server
