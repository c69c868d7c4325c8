#include "client/register.h"

#include <map>

#include "client/completions.h"
#include "client/register_channels.h"
#include "client/register_subscription.h"
#include "client/session.h"
#include "data/clone.h"
#include "data/py_value.h"
#include "errors.h"
#include "forked.h"

namespace aiopvxs
{

namespace
{

using Defs = std::map<std::string, std::string>;
using Options = std::vector<std::pair<std::string, std::string>>;

std::shared_ptr<Session> make_context(const Defs &config, std::size_t max_channels, std::size_t max_bytes)
{
    try {
        py::gil_scoped_release release;
        pvxs::client::Config made;
        made.applyDefs(config);
        return std::make_shared<Session>(made, Session::Limits{max_channels, max_bytes});
    } catch (std::system_error &e) {
        errors::raise_os_error(e, "The client's sockets cannot be had");
    }
}

Defs effective_config(Session &self)
{
    Defs config;
    self.context().config().updateDefs(config);
    return config;
}

std::shared_ptr<Waiter> start(Session &self, const Session::Name &name, const std::shared_ptr<Waiter> &waiter)
{
    return self.add(name, waiter) ? waiter : nullptr;
}

std::shared_ptr<Waiter> get(Session &self, const std::string &name, const std::shared_ptr<Request> &request,
                            const std::shared_ptr<CompletionQueue> &queue, std::uint64_t token, bool deferred,
                            const std::string &server)
{
    auto waiter = std::make_shared<Waiter>(Waiter::Kind::get, queue, token, request);
    waiter->deferred = deferred;
    return start(self, {name, server}, waiter);
}

std::shared_ptr<Waiter> put(Session &self, const std::string &name, const std::shared_ptr<Request> &request,
                            const std::shared_ptr<CompletionQueue> &queue, std::uint64_t token,
                            PyValue *value, std::uint64_t link, bool needs_present, bool deferred,
                            const std::string &server, bool retry)
{
    auto waiter = std::make_shared<Waiter>(Waiter::Kind::put, queue, token, request);
    waiter->needs_present = needs_present;
    waiter->deferred = deferred;
    waiter->retry = retry;
    if (value) {
        // taken, so that nobody can change what the worker will read
        waiter->value = std::move(value->value);
        value->value = pvxs::Value();
        waiter->value_link = link;
    }
    return start(self, {name, server}, waiter);
}

std::shared_ptr<Waiter> rpc(Session &self, const std::string &name, const std::shared_ptr<Request> &request,
                            const std::shared_ptr<CompletionQueue> &queue, std::uint64_t token,
                            const PyValue *argument, bool retry, const std::string &server)
{
    auto waiter = std::make_shared<Waiter>(Waiter::Kind::rpc, queue, token, request);
    waiter->retry = retry;
    if (argument && argument->value)
        waiter->value = deep_clone(argument->value); // read later, on the worker
    return start(self, {name, server}, waiter);
}

std::shared_ptr<Waiter> info(Session &self, const std::string &name,
                             const std::shared_ptr<CompletionQueue> &queue, std::uint64_t token,
                             const std::string &server)
{
    return start(self, {name, server}, std::make_shared<Waiter>(Waiter::Kind::info, queue, token, nullptr));
}

void supply(const std::shared_ptr<Waiter> &self, PyValue &value, std::uint64_t link)
{
    forked::check();
    pvxs::Value taken = std::move(value.value);
    value.value = pvxs::Value();
    if (auto channel = self->channel.lock())
        channel->supply(self, std::move(taken), link);
}

void fetch(const std::shared_ptr<Waiter> &self)
{
    forked::check();
    if (auto channel = self->channel.lock())
        channel->fetch(self);
}

std::uint64_t losses(const Waiter &self)
{
    forked::check();
    auto channel = self.channel.lock();
    return channel ? channel->losses(self) : 0u;
}

bool was_connected(const Waiter &self)
{
    forked::check();
    auto channel = self.channel.lock();
    return channel && channel->was_connected();
}

const char *phase(const Waiter &self)
{
    forked::check();
    auto channel = self.channel.lock();
    if (!channel)
        return "connect";
    switch (channel->phase(self)) {
    case Channel::Phase::connect:
        return "connect";
    case Channel::Phase::init:
        return "init";
    default:
        return "exec";
    }
}

py::object peer(const Waiter &self)
{
    forked::check();
    auto channel = self.channel.lock();
    const std::string name = channel ? channel->peer() : std::string();
    if (name.empty())
        return py::none();
    return py::str(name);
}

py::object prototype(Session &self, const std::string &name, const Request &request,
                     const std::string &server)
{
    auto found = self.prototype({name, server}, request);
    if (!found)
        return py::none();
    return py::make_tuple(PyValue(std::move(found->first)), found->second);
}

void register_request(py::module_ &m)
{
    py::class_<Request, std::shared_ptr<Request>>(m, "Request", "A pvRequest.")
        .def(py::init(&Request::build), py::arg("fields"), py::arg("options"), py::arg("exclusive"),
             "Make one from field names and record._options.")
        .def_static("parse", &Request::parse, py::arg("expression"), py::arg("exclusive"),
                    "Make one from an expression like \"field(value)record[process=true]\".")
        .def_property_readonly(
            "value", [](const Request &self) { return PyValue(self.value.clone()); },
            "The pvRequest structure, as it is sent.");
}

} // namespace

void register_client(py::module_ &m)
{
    register_completions(m);
    register_request(m);

    py::class_<Waiter, std::shared_ptr<Waiter>>(m, "Waiter", "One operation in progress.")
        .def("cancel", &Session::cancel, "End the operation; it completes no more.")
        .def("supply", &supply, py::arg("value"), py::arg("link"),
             "Give the value that a Prototype asked for, with that prototype's link. Takes it away.")
        .def("fetch", &fetch,
             "Ask for a Prototype with the PV's present value, which the put turned out to need.")
        .def_property_readonly("phase", &phase, "How far it has come: \"connect\", \"init\" or \"exec\".")
        .def_property_readonly("losses", &losses, "How often its connection was lost meanwhile.")
        .def_property_readonly("was_connected", &was_connected, "Whether the PV was ever found.")
        .def_property_readonly("peer", &peer, "Address of the server of the latest answer, if any.");

    SessionClass context(m, "Context", "A client Context and its channels.",
                         py::release_gil_before_calling_cpp_dtor());
    context
        .def(py::init(&make_context), py::arg("config"), py::arg("max_channels"), py::arg("max_bytes"),
             "Make one from EPICS_PVA_* settings; the environment is not read.")
        .def("get", &get, py::arg("name"), py::arg("request"), py::arg("queue"), py::arg("token"),
             py::arg("deferred") = false, py::arg("server") = "",
             "Start a get, on a warm channel with the next flush() if deferred; None if the Context is "
             "closed.")
        .def("flush", &Session::flush, py::call_guard<py::gil_scoped_release>(),
             "Send what was deferred: gets of one PV share one request to the server.")
        .def("put", &put, py::arg("name"), py::arg("request"), py::arg("queue"), py::arg("token"),
             py::arg("value"), py::arg("link"), py::arg("needs_present"), py::arg("deferred") = false,
             py::arg("server") = "", py::arg("retry") = false,
             "Start a put, on a warm channel with the next flush() if deferred; it may be executed again "
             "after a reconnect if retry; None if the Context is closed. Takes value away.")
        .def("rpc", &rpc, py::arg("name"), py::arg("request"), py::arg("queue"), py::arg("token"),
             py::arg("argument"), py::arg("retry") = false, py::arg("server") = "",
             "Start an RPC, which may be executed again after a reconnect if retry; None if the Context is "
             "closed.")
        .def("info", &info, py::arg("name"), py::arg("queue"), py::arg("token"), py::arg("server") = "",
             "Start to ask for a PV's type; None if the Context is closed.")
        .def("prototype", &prototype, py::arg("name"), py::arg("request"), py::arg("server") = "",
             "Return the type for a put's value and its link, or None where it is not known yet.")
        .def("close", &Session::close, py::arg("wait"), py::call_guard<py::gil_scoped_release>(),
             "End what is pending with Closed, then the Context: in the background unless wait.")
        .def_property_readonly("closed", &Session::closed, "True once close() was called.")
        .def_property_readonly("channel_count", &Session::channel_count,
                               "Number of channels with kept operations.")
        .def_property_readonly("config", &effective_config,
                               "The effective configuration as EPICS_PVA_* settings.");

    register_subscription(m);
    register_channels(m, context);
    register_discovery(m, context);
}

} // namespace aiopvxs
