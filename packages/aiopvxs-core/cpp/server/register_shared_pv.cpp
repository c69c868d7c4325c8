#include "data/clone.h"
#include "data/convert.h"
#include "data/py_value.h"
#include "data/same_type.h"
#include "data/sendable.h"
#include "errors.h"
#include "server/plain_post.h"
#include "server/register.h"
#include "server/shared_pv.h"

namespace aiopvxs::server
{

namespace
{

// The label with a capital letter, to begin a sentence.
std::string subject(const SharedPV &self)
{
    std::string label = self.label();
    return label == "this PV" ? "This PV" : label;
}

void check(const SharedPV &self, SharedPV::Outcome outcome)
{
    switch (outcome) {
    case SharedPV::Outcome::done:
        return;
    case SharedPV::Outcome::not_open:
        errors::raise("Closed", subject(self) + " is not open");
    case SharedPV::Outcome::already_open:
        PyErr_SetString(PyExc_RuntimeError, (subject(self) + " is open already: close() it first").c_str());
        throw py::error_already_set();
    case SharedPV::Outcome::other_type:
        throw py::type_error(subject(self) + " is open with another structure than that of the posted value");
    }
}

void open(SharedPV &self, const PyValue &initial)
{
    if (initial.value.type() != pvxs::TypeCode::Struct)
        throw py::type_error(
            subject(self) + " cannot be opened with a " +
            (initial.value.valid() ? std::string(initial.value.type().name()) : "Null value") +
            ": a PV holds a structure");
    sendable::check_for_clients(initial.value, subject(self));
    pvxs::Value own = deep_clone(initial.value); // with the GIL: it is the caller's to change
    SharedPV::Outcome outcome;
    {
        py::gil_scoped_release release;
        outcome = self.open(std::move(own));
    }
    check(self, outcome);
}

void post(SharedPV &self, const PyValue &delta)
{
    SharedPV::Draft draft = self.draft();
    if (!draft.value.valid())
        check(self, SharedPV::Outcome::not_open);
    if (!same_type(draft.value, delta.value))
        check(self, SharedPV::Outcome::other_type);
    if (!delta.value.isMarked(true, true))
        return;
    sendable::check_for_clients(delta.value, subject(self));
    merge(draft.value, delta.value); // with the GIL: it is the caller's to change
    SharedPV::Outcome outcome;
    {
        py::gil_scoped_release release;
        outcome = self.post(std::move(draft));
    }
    check(self, outcome);
}

bool post_usual(SharedPV &self, py::handle given)
{
    if (!py::isinstance<PyValue>(given))
        return post_plain(self, given);
    const auto &value = given.cast<const PyValue &>();
    if (value.value.type() != pvxs::TypeCode::Struct)
        return false;
    post(self, value);
    return true;
}

// Takes the value out of the Python object, which is of no use afterwards.
void post_own(SharedPV &self, PyValue &delta)
{
    SharedPV::Draft draft;
    draft.value = std::move(delta.value);
    delta.value = pvxs::Value();
    if (!draft.value.valid())
        throw py::type_error(subject(self) + " cannot be posted a Null value");
    if (!draft.value.isMarked(true, true))
        return;
    sendable::check_for_clients(draft.value, subject(self));
    SharedPV::Outcome outcome;
    {
        py::gil_scoped_release release;
        outcome = self.post(std::move(draft));
    }
    check(self, outcome);
}

PyValue fetch(const SharedPV &self)
{
    pvxs::Value value;
    {
        py::gil_scoped_release release;
        value = self.fetch();
    }
    if (!value.valid())
        check(self, SharedPV::Outcome::not_open);
    return PyValue(std::move(value));
}

PyValue cloneEmpty(const SharedPV &self)
{
    SharedPV::Draft draft = self.draft();
    if (!draft.value.valid())
        check(self, SharedPV::Outcome::not_open);
    return PyValue(std::move(draft.value));
}

void call(SharedPV &self, bool get, bool put, bool rpc, bool connects)
{
    self.call((get ? SharedPV::call_get : 0u) | (put ? SharedPV::call_put : 0u) |
              (rpc ? SharedPV::call_rpc : 0u) | (connects ? SharedPV::call_connects : 0u));
}

void serve_monitors(SharedPV &self, bool stored, bool awaited)
{
    using How = SharedPV::Monitors;
    self.serve_monitors(stored ? How::stored : awaited ? How::awaited : How::refused);
}

PyValue overlay(const SharedPV &self, const PyValue &delta)
{
    pvxs::Value value;
    {
        py::gil_scoped_release release;
        value = self.overlay(delta.value);
    }
    if (!value.valid())
        check(self, SharedPV::Outcome::not_open);
    return PyValue(std::move(value));
}

void refuse_subscribers(SharedPV &self, const py::str &text)
{
    const std::string message = encode(text);
    py::gil_scoped_release release;
    self.refuse_subscribers(message.empty() ? "The server failed without saying why" : message);
}

} // namespace

void register_shared_pv(py::module_ &m)
{
    py::class_<SharedPV::Stat>(m, "SharedPVStat", "How a PV is being used.")
        .def_readonly("channels", &SharedPV::Stat::channels, "Channels that clients have open.")
        .def_readonly("waiting", &SharedPV::Stat::waiting,
                      "Operations and subscriptions that wait for the PV to be opened.")
        .def_readonly("subscribers", &SharedPV::Stat::subscribers, "Active subscriptions.")
        .def_readonly("squashed", &SharedPV::Stat::squashed,
                      "Updates squashed before they were sent, of all subscriptions ever. Counted from "
                      "PVXS 1.5.2 on.");

    py::class_<Handler, std::shared_ptr<Handler>>(m, "Handler", "What serves the channels of a PV.")
        .def_property_readonly("label", &Handler::label, "The PV as messages name it.");

    py::class_<SharedPV, Handler, std::shared_ptr<SharedPV>>(m, "SharedPV",
                                                             "A PV that stores a value for its clients.")
        .def(py::init<bool, std::uint64_t>(), py::arg("writable"), py::arg("key") = 0,
             "Make a closed PV; clients may write it, or not. Executors know it by key.")
        .def("call", &call, py::kw_only(), py::arg("get"), py::arg("put"), py::arg("rpc"),
             py::arg("connects"),
             "Say for what the executor is called: each Operation of these kinds, first and last channel.")
        .def("limit", &SharedPV::limit, py::arg("seconds"),
             "Give such operations so many seconds, 0: any number.")
        .def("serve_monitors", &serve_monitors, py::arg("stored"), py::arg("awaited"),
             "Say what subscribers get: the stored value at once, nothing before the next post, or an error.")
        .def("serve_rpc_only", &SharedPV::serve_rpc_only, "Refuse everything but RPCs.")
        .def_static(
            "set_time", [](PyValue &value) { SharedPV::set_time(value.value); }, py::arg("value"),
            "Set the timeStamp of a structure to now, unless it is marked.")
        .def(
            "overlay", &overlay, py::arg("delta"),
            "Return the present value with the marked leaves of delta, which alone are marked, laid over it.")
        .def("refuse_subscribers", &refuse_subscribers, py::arg("text"),
             "Answer those who wait for a first update with an error.")
        .def("open", &open, py::arg("initial"), "Serve a copy of initial.")
        .def("post", &post, py::arg("delta"), "Send what is marked in delta to all who subscribed.")
        .def(
            "post_usual", &post_usual, py::arg("given"),
            "Post a structure, or a number, str or ndarray as the field value, now; False if it is something "
            "else or does not fit: nothing is changed then.")
        .def("post_own", &post_own, py::arg("delta"),
             "Post what cloneEmpty() returned; it is Null afterwards.")
        .def("close", &SharedPV::close, py::call_guard<py::gil_scoped_release>(),
             "Disconnect the clients in the background; False if it was closed already.")
        .def("fetch", &fetch, "Return a copy of the present value.")
        .def("cloneEmpty", &cloneEmpty, "Return an empty Value of the PV's type.")
        .def_property_readonly("is_open",
                               py::cpp_function(&SharedPV::is_open, py::call_guard<py::gil_scoped_release>()),
                               "True between open() and close().")
        .def("stat", &SharedPV::stat, py::call_guard<py::gil_scoped_release>(),
             "Return how the PV is being used.");
}

} // namespace aiopvxs::server
