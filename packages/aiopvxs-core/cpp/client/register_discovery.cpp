#include <epicsTime.h>

#include "client/discovery.h"
#include "client/register_channels.h"
#include "data/text.h"
#include "errors.h"

namespace aiopvxs
{

namespace
{

std::shared_ptr<Discovery> discover(Session &self, bool ping, const std::shared_ptr<CompletionQueue> &queue,
                                    std::uint64_t token)
{
    try {
        py::gil_scoped_release release;
        return self.discover(ping, queue, token);
    } catch (std::system_error &e) {
        errors::raise_os_error(e, "The sockets to discover servers with cannot be had");
    }
}

double posix_time(const Found &self)
{
    const epicsTimeStamp &time = self.event.time;
    return double(time.secPastEpoch) + POSIX_TIME_AT_EPICS_EPOCH + time.nsec * 1e-9;
}

} // namespace

py::object Found::to_python() { return py::cast(std::move(*this)); }

void register_discovery(py::module_ &m, SessionClass &context)
{
    py::class_<Found>(m, "Found", "A server was found, or is no longer there.")
        .def_property_readonly(
            "online", [](const Found &self) { return self.event.event == pvxs::client::Discovered::Online; },
            "True if it was found.")
        .def_property_readonly(
            "server", [](const Found &self) { return decode(self.event.server); },
            "Address that it serves at.")
        .def_property_readonly(
            "peer", [](const Found &self) { return decode(self.event.peer); },
            "Address that this came from, empty for a server that fell silent.")
        .def_property_readonly(
            "proto", [](const Found &self) { return decode(self.event.proto); },
            "Protocol that it is served by.")
        .def_property_readonly(
            "guid",
            [](const Found &self) {
                return py::bytes(reinterpret_cast<const char *>(self.event.guid.data()),
                                 self.event.guid.size());
            },
            "What the server calls itself: 12 bytes.")
        .def_property_readonly("time", &posix_time, "When, in POSIX seconds.")
        .def_property_readonly(
            "peer_version", [](const Found &self) { return int(self.event.peerVersion); },
            "Version of the protocol.");

    py::class_<Discovery, std::shared_ptr<Discovery>>(m, "Discovery", "A search for servers.",
                                                      py::release_gil_before_calling_cpp_dtor())
        .def("close", &Discovery::close, py::call_guard<py::gil_scoped_release>(),
             "End it, in the background.");

    context.def("discover", &discover, py::arg("ping"), py::arg("queue"), py::arg("token"),
                "Look for servers, and have each Found pushed, and a Failure when the Context is closed; "
                "None if it is. Waits for a worker.");
}

} // namespace aiopvxs
