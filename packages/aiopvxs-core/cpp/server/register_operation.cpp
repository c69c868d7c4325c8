// Operations in progress, as Python sees them.
#include "data/clone.h"
#include "data/convert.h"
#include "data/py_value.h"
#include "data/same_type.h"
#include "data/sendable.h"
#include "server/channel.h"
#include "server/groups.h"
#include "server/operation.h"
#include "server/operation_handle.h"
#include "server/queue_executor.h"
#include "server/register.h"

namespace aiopvxs::server
{

namespace
{

using Self = OperationHandle;

std::string subject(const Self &self) { return "The answer of PV \"" + self.exec->name() + "\""; }

// The value that goes out, of the type which the operation was told; with the GIL, for the caller may change
// `given` afterwards.
pvxs::Value outgoing(const Self &self, const PyValue &given)
{
    sendable::check_for_clients(given.value, subject(self));
    if (self.exec->kind() == Exec::Kind::rpc) {
        if (given.value.valid() && given.value.type() != pvxs::TypeCode::Struct)
            throw py::type_error(subject(self) + " to an RPC is a structure, not " +
                                 given.value.type().name());
        return given.value.valid() ? deep_clone(given.value) : pvxs::Value();
    }
    const pvxs::Value &type = self.exec->operation().prototype();
    if (!given.value.valid() || !same_type(type, given.value))
        throw py::type_error(subject(self) + " to a get has another structure than the PV");
    pvxs::Value value = type.cloneEmpty();
    merge(value, given.value);
    return value;
}

bool reply(const Self &self, const PyValue *given, bool later)
{
    if (self.exec->kind() == Exec::Kind::put && given)
        throw py::type_error(subject(self) + " to a put has no value");
    if (self.exec->kind() == Exec::Kind::get && !given)
        throw py::type_error(subject(self) + " to a get is a value, and there is none");
    const pvxs::Value value = given ? outgoing(self, *given) : pvxs::Value();
    if (later)
        return self.exec->reply_later(value);
    py::gil_scoped_release release;
    return given ? self.exec->reply(value) : self.exec->reply();
}

bool error(const Self &self, const py::str &text)
{
    std::string message = encode(text);
    if (message.empty()) // pvxs refuses to send an empty one
        message = "The server failed without saying why";
    py::gil_scoped_release release;
    return self.exec->error(message);
}

void log(const Self &self, bool warning, const py::str &text)
{
    const std::string message = encode(text);
    py::gil_scoped_release release;
    self.exec->log(warning, message);
}

// Made once: an enum's member costs more than all else of a short handler.
py::handle word_for(Exec::Kind kind)
{
    static const py::handle get = py::str("get").release();
    static const py::handle put = py::str("put").release();
    static const py::handle rpc = py::str("rpc").release();
    return kind == Exec::Kind::get ? get : kind == Exec::Kind::put ? put : rpc;
}

void register_handle(py::module_ &m)
{
    py::class_<Self>(m, "Operation", "A get, put or RPC that waits for its answer.",
                     py::release_gil_before_calling_cpp_dtor())
        .def_readonly("key", &Self::key, "The key of the handler that it is for.")
        .def_property_readonly(
            "number", [](const Self &self) { return self.exec->number(); }, "What it is told of by.")
        .def_property_readonly(
            "kind", [](const Self &self) { return word_for(self.exec->kind()); },
            "What the client asks for: get, put or rpc.")
        .def_property_readonly(
            "name", [](const Self &self) { return decode(self.exec->name()); },
            "The name under which the client knows the PV.")
        .def_property_readonly(
            "peer", [](const Self &self) { return decode(self.exec->client().peer); },
            "Address of the client, host:port.")
        .def_property_readonly(
            "account", [](const Self &self) { return decode(self.exec->client().account); },
            "The user that the client says it is.")
        .def_property_readonly(
            "method", [](const Self &self) { return decode(self.exec->client().method); }, "How it says so.")
        .def(
            "roles", [](const Self &self) { return groups_of(self.exec->client()); },
            "Look up the groups of the account, sorted. This may block.")
        .def_property_readonly(
            "request", [](const Self &self) { return PyValue(deep_clone(self.exec->request())); },
            "A copy of the pvRequest.")
        .def_property_readonly(
            "argument", [](const Self &self) { return PyValue(self.exec->argument); },
            "What the client sent with a put or RPC.")
        .def_property_readonly(
            "answered", [](const Self &self) { return self.exec->answered(); },
            "True once it is answered, or the client no longer wants an answer.")
        .def_property_readonly(
            "cancelled", [](const Self &self) { return self.exec->cancelled(); },
            "True once the client no longer wants an answer.")
        .def("reply", &reply, py::arg("value") = py::none(), py::arg("later") = false,
             "Answer, with a copy of value unless it is a put; False if it was answered or cancelled before. "
             "Later: Executor.flush() sends it, or 10 ms.")
        .def("error", &error, py::arg("text"), "Refuse; False if it was answered or cancelled before.")
        .def("log", &log, py::arg("warning"), py::arg("text"), "Send a text beside the answer.");
}

} // namespace

void register_operation(py::module_ &m)
{
    register_handle(m);

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
