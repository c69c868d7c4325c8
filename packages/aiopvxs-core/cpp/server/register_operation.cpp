// Operations in progress, what becomes of them, and where a server runs handlers.
#include "server/operation_object.h"
#include "server/queue_executor.h"
#include "server/register.h"

namespace aiopvxs::server
{

void register_operation(py::module_ &m)
{
    m.attr("Operation") = OperationObject::make_type(m);

    using Notice = Executor::Notice;
    py::native_enum<Notice>(m, "Notice", "enum.Enum", "What became of an operation or a handler.")
        .value("left", Notice::left)
        .value("expired", Notice::expired)
        .value("stopped", Notice::stopped)
        .value("first_connect", Notice::first_connect)
        .value("last_disconnect", Notice::last_disconnect)
        .value("channel_closed", Notice::channel_closed)
        .value("subscribed", Notice::subscribed)
        .value("unsubscribed", Notice::unsubscribed)
        .finalize();

    py::class_<Told>(m, "Told", "That something became of an operation or a handler.")
        .def_readonly("notice", &Told::notice, "What became of it.")
        .def_readonly("about", &Told::about, "The number of the operation, or the key of the handler.");

    py::class_<QueueExecutor, std::shared_ptr<QueueExecutor>>(m, "Executor", "Where a server runs handlers.",
                                                              py::release_gil_before_calling_cpp_dtor())
        .def(py::init<>(), "Make one that takes nothing yet.")
        .def("attach", &QueueExecutor::attach, py::arg("queue"), py::arg("token"),
             py::call_guard<py::gil_scoped_release>(),
             "From now on push each Operation, and each Told, to a queue.")
        .def("flush", &QueueExecutor::flush, py::call_guard<py::gil_scoped_release>(),
             "Send the answers that were to be sent later.")
        .def("detach", &QueueExecutor::detach, py::call_guard<py::gil_scoped_release>(),
             "Take nothing more: operations are answered with an error.");
}

} // namespace aiopvxs::server
