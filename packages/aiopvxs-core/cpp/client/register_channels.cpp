#include "client/register_channels.h"

#include <algorithm>
#include <string_view>

#include "client/hold.h"
#include "client/maintenance.h"
#include "data/text.h"
#include "forked.h"

namespace aiopvxs
{

namespace
{

using Guids = std::vector<std::string>; // 12 bytes each

py::object text_or_none(const std::string &text)
{
    if (text.empty())
        return py::none();
    return decode(text);
}

std::unique_ptr<Hold> channel(Session &self, const std::string &name, const std::string &server)
{
    auto of = self.hold({name, server});
    return of ? std::make_unique<Hold>(std::move(of)) : nullptr;
}

void unwatch(const Watch &self)
{
    if (forked::is_child())
        return;
    if (auto channel = self.channel.lock())
        channel->unwatch(self);
}

py::object report(Session &self)
{
    std::optional<pvxs::client::Report> report;
    {
        py::gil_scoped_release release;
        report = maintenance::report(self);
    }
    if (!report)
        return py::none();
    py::list connections;
    for (const auto &connection : report->connections) {
        py::list channels;
        for (const auto &each : connection.channels)
            channels.append(py::make_tuple(decode(each.name), each.tx, each.rx));
        connections.append(
            py::make_tuple(decode(connection.peer), connection.tx, connection.rx, std::move(channels)));
    }
    return std::move(connections);
}

bool ignore_servers(Session &self, const std::vector<py::bytes> &given)
{
    std::vector<pvxs::ServerGUID> guids;
    for (const py::bytes &each : given) {
        const std::string_view bytes(each);
        pvxs::ServerGUID guid;
        if (bytes.size() != guid.size())
            throw py::value_error("A server's GUID has 12 bytes");
        std::copy(bytes.begin(), bytes.end(), guid.begin());
        guids.push_back(guid);
    }
    py::gil_scoped_release release;
    return maintenance::ignore_servers(self, guids);
}

} // namespace

py::object ChannelState::to_python() { return py::cast(std::move(*this)); }

void register_channels(py::module_ &m, SessionClass &context)
{
    py::class_<ChannelState>(m, "ChannelState", "How a channel's connection fares.")
        .def_readonly("connected", &ChannelState::connected, "True if it is up.")
        .def_property_readonly(
            "peer", [](const ChannelState &self) { return text_or_none(self.peer); },
            "Address of the server, of a lost connection that of the server lost; None if not known.")
        .def_property_readonly(
            "time",
            [](const ChannelState &self) {
                return std::chrono::duration<double>(self.time.time_since_epoch()).count();
            },
            "Since when, in POSIX seconds.");

    py::class_<Watch, std::shared_ptr<Watch>>(m, "Watch", "Is told the state of a channel and its changes.",
                                              py::release_gil_before_calling_cpp_dtor())
        .def("cancel", &unwatch, py::call_guard<py::gil_scoped_release>(), "Be told no more.");

    py::class_<Hold>(m, "Channel", "A channel that is held open.", py::release_gil_before_calling_cpp_dtor())
        .def("watch", &Hold::watch, py::arg("queue"), py::arg("token"),
             py::call_guard<py::gil_scoped_release>(),
             "Have the present state and each change pushed; when this is closed None, when the Context is "
             "a Failure. None if this is closed already.")
        .def("close", &Hold::close, py::call_guard<py::gil_scoped_release>(), "Hold it no longer.")
        .def_property_readonly("closed", &Hold::closed, "True once close() was called.")
        .def_property_readonly("connected", &Hold::connected, "True if the PV is connected.")
        .def_property_readonly(
            "peer", [](const Hold &self) { return text_or_none(self.peer()); },
            "Address of the server; None if not connected, or not known yet.");

    context
        .def("channel", &channel, py::arg("name"), py::arg("server") = "",
             py::call_guard<py::gil_scoped_release>(), "Hold a channel open; None if the Context is closed.")
        .def("report", &report,
             "Return (peer, tx, rx, [(name, tx, rx), ...]) of each connection; None if the Context is "
             "closed. Waits for a worker.")
        .def("hurry_up", &maintenance::hurry_up, py::call_guard<py::gil_scoped_release>(),
             "Search for all PVs not found so far; False if the Context is closed. Waits for a worker.")
        .def("cache_clear", &maintenance::cache_clear, py::arg("name"),
             py::call_guard<py::gil_scoped_release>(),
             "Forget the unused channels of that PV, or of all if it is empty; False if the Context is "
             "closed. Waits for a worker.")
        .def("ignore_servers", &ignore_servers, py::arg("guids"),
             "Ignore answers to searches of these servers only; False if the Context is closed. Waits for "
             "workers.");
}

} // namespace aiopvxs
