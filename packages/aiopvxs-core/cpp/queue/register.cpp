#include "queue/register.h"

#include "python_call.h"
#include "queue/completion_queue.h"
#include "queue/pause.h"
#include "queue/reaper.h"

namespace aiopvxs
{

namespace
{

// Called for each wake-up of a loop, when nothing is in the processor's caches: pybind11's way takes longer
// than what is to be done.
PyObject *drain_method(PyObject *self, PyObject *const *arguments, Py_ssize_t count)
{
    if (count != 3 || !PyDict_Check(arguments[0]) || !PyFloat_Check(arguments[2])) {
        PyErr_SetString(PyExc_TypeError, "drain() takes a dict, a callable and a float");
        return nullptr;
    }
    return guarded_call<PyObject *>(nullptr, [&]() {
        const std::size_t rate =
            py::cast<CompletionQueue &>(py::handle(self))
                .drain(py::reinterpret_borrow<py::dict>(arguments[0]),
                       py::reinterpret_borrow<py::object>(arguments[1]), PyFloat_AS_DOUBLE(arguments[2]));
        return PyLong_FromSize_t(rate);
    });
}

PyMethodDef drain = {
    "drain", method_function(drain_method), METH_FASTCALL,
    "drain($self, targets, failed, seconds, /)\n--\n\nRemove completions until none is left or seconds have "
    "gone by, and call for each the target of its token; failed(target, exception) for one that raises. "
    "Other than 0: drain again after some milliseconds; so many updates come in a second."};

} // namespace

void register_queue(py::module_ &m)
{
    py::class_<CompletionQueue, std::shared_ptr<CompletionQueue>> queue(
        m, "CompletionQueue", "Completions on their way from pvxs threads to one event loop.");
    queue.def(py::init<>())
        .def("fileno", &CompletionQueue::fileno,
             "Return the descriptor that is readable while there is something to drain.")
        .def("wait", &CompletionQueue::wait, py::call_guard<py::gil_scoped_release>(),
             "Block until there is something to drain; False once the queue is closed.")
        .def("close", &CompletionQueue::close, py::call_guard<py::gil_scoped_release>(),
             "Refuse further completions and drop those that were not drained.")
        .def_property_readonly("closed", &CompletionQueue::closed, "True once close() was called.")
        .def_property_readonly("left", &CompletionQueue::left,
                               "How many completions the running drain has still to hand over.")
        .def("__len__", &CompletionQueue::size);
    queue.attr("drain") = checked(PyDescr_NewMethod(reinterpret_cast<PyTypeObject *>(queue.ptr()), &drain));

    m.attr("Pause") = Pause::make_type(m);

    m.def("wait_for_closed", &reaper::wait, py::arg("timeout"), py::call_guard<py::gil_scoped_release>(),
          "Wait until every Context and Server closed so far has ended; False if timeout seconds were not "
          "enough.");
}

} // namespace aiopvxs
