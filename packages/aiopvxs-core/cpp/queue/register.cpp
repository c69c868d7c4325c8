#include "queue/register.h"

#include "queue/completion_queue.h"
#include "queue/pause.h"
#include "queue/reaper.h"

namespace aiopvxs
{

void register_queue(py::module_ &m)
{
    py::class_<CompletionQueue, std::shared_ptr<CompletionQueue>>(
        m, "CompletionQueue", "Completions on their way from pvxs threads to one event loop.")
        .def(py::init<>())
        .def("fileno", &CompletionQueue::fileno,
             "Return the descriptor that is readable while there is something to drain.")
        .def("drain", &CompletionQueue::drain, py::arg("targets"), py::arg("failed"), py::arg("seconds"),
             "Remove completions until none is left or seconds have gone by, and call for each the target of "
             "its token; failed(target, exception) for one that raises. True: drain again after "
             "two milliseconds.")
        .def("wait", &CompletionQueue::wait, py::call_guard<py::gil_scoped_release>(),
             "Block until there is something to drain; False once the queue is closed.")
        .def("close", &CompletionQueue::close, py::call_guard<py::gil_scoped_release>(),
             "Refuse further completions and drop those that were not drained.")
        .def_property_readonly("closed", &CompletionQueue::closed, "True once close() was called.")
        .def_property_readonly("left", &CompletionQueue::left,
                               "How many completions the running drain has still to hand over.")
        .def("__len__", &CompletionQueue::size);

    m.attr("Pause") = Pause::make_type(m);

    m.def("wait_for_closed", &reaper::wait, py::arg("timeout"), py::call_guard<py::gil_scoped_release>(),
          "Wait until every Context and Server closed so far has ended; False if timeout seconds were not "
          "enough.");
}

} // namespace aiopvxs
