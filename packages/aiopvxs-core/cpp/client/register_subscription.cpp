#include "client/register_subscription.h"

#include "client/next_update.h"
#include "client/session.h"
#include "client/update_objects.h"
#include "client/updates.h"
#include "client/waking.h"
#include "data/convert.h"
#include "forked.h"

namespace aiopvxs
{

namespace
{

using Policy = UpdateQueue::Policy;
using Optional = std::optional<std::size_t>;

std::shared_ptr<Subscription> monitor(const std::shared_ptr<Session> &self, const std::string &name,
                                      const std::shared_ptr<Request> &request,
                                      const std::shared_ptr<CompletionQueue> &queue, std::uint64_t token,
                                      Optional max_queue, Optional max_bytes, Policy policy,
                                      const std::string &server, bool paused)
{
    forked::check();
    UpdateQueue::Limits limits;
    limits.updates = max_queue.value_or(limits.updates);
    limits.bytes = max_bytes.value_or(limits.bytes);
    limits.policy = policy;
    auto made = std::make_shared<Subscription>(self, queue, token, limits);
    if (!self->subscriptions().add(made))
        return nullptr;
    if (paused)
        made->pause(true);
    made->open(self->context(), name, server, *request);
    return made;
}

py::object optional_text(const std::string &text)
{
    if (text.empty())
        return py::none();
    return decode(text);
}

void register_event(py::module_ &m)
{
    using Kind = SubscriptionEvent::Kind;
    py::native_enum<Kind>(m, "SubscriptionEventKind", "enum.Enum", "What happened to a subscription.")
        .value("connected", Kind::connected)
        .value("disconnected", Kind::disconnected)
        .value("finished", Kind::finished)
        .value("remote", Kind::remote)
        .value("error", Kind::error)
        .value("overflow", Kind::overflow)
        .value("closed", Kind::closed)
        .finalize();

    py::class_<SubscriptionEvent>(m, "SubscriptionEvent", "What happened to a subscription besides updates.")
        .def_readonly("kind", &SubscriptionEvent::kind, "What it is; all but the first two are the end.")
        .def_property_readonly(
            "text", [](const SubscriptionEvent &self) { return decode(self.text); },
            "What the server or PVXS says of an error.")
        .def_property_readonly(
            "peer", [](const SubscriptionEvent &self) { return optional_text(self.peer); },
            "Address of the server, None if it is not known.")
        .def_readonly("time", &SubscriptionEvent::time,
                      "When, in seconds since 1970: connected, disconnected and finished.");
}

void register_counts(py::module_ &m)
{
    using Counts = UpdateQueue::Counts;
    py::class_<Counts>(m, "SubscriptionCounts", "What became of the updates of a subscription.")
        .def_readonly("arrived", &Counts::arrived, "Taken from PVXS.")
        .def_readonly("received", &Counts::received, "Taken by Python.")
        .def_readonly("queued", &Counts::queued, "Waiting.")
        .def_readonly("max_queued", &Counts::max_queued, "The most that ever waited.")
        .def_readonly("squashed", &Counts::squashed, "United with the next.")
        .def_readonly("dropped", &Counts::dropped, "Lost.")
        .def_readonly("bytes", &Counts::bytes, "Of those waiting, about.");
}

} // namespace

void register_subscription(py::module_ &m)
{
    register_event(m);
    register_counts(m);

    py::native_enum<Policy>(m, "OverflowPolicy", "enum.Enum",
                            "What becomes of an update for which a subscription has no room.")
        .value("squash", Policy::squash)
        .value("drop_oldest", Policy::drop_oldest)
        .value("block", Policy::block)
        .value("error", Policy::error)
        .finalize();

    py::class_<Subscription, std::shared_ptr<Subscription>>(
        m, "Subscription", "A monitor of one PV, which ends with this object.",
        py::release_gil_before_calling_cpp_dtor())
        .def("pause", &Subscription::pause, py::arg("stop"),
             "Tell the server to send no updates, or to send them again, on later connections too.")
        .def("close", &Subscription::close, py::call_guard<py::gil_scoped_release>(),
             "End it and drop what was not taken; nothing more is pushed.")
        .def_property_readonly("connected", &Subscription::connected, "True while the PV is connected.")
        .def_property_readonly(
            "peer", [](const Subscription &self) { return optional_text(self.peer()); },
            "Address of the latest server, None before there was one.")
        .def_property_readonly("counts", &Subscription::counts, "What became of the updates so far.");

    m.attr("NextUpdate") = NextUpdate::make_type(m);
    m.attr("Waking") = Waking::make_type(m);
    m.attr("Updates") = Updates::make_type(m);

    auto context = py::reinterpret_borrow<py::class_<Session, std::shared_ptr<Session>>>(m.attr("Context"));
    context.def(
        "monitor", &monitor, py::arg("name"), py::arg("request"), py::arg("queue"), py::arg("token"),
        py::arg("max_queue"), py::arg("max_bytes"), py::arg("policy"), py::arg("server") = "",
        py::arg("paused") = false,
        "Start a Subscription, which pushes None when there is something to take; None if the Context "
        "is closed.");
}

} // namespace aiopvxs
