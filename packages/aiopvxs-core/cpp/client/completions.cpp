#include "client/completions.h"

#include <pvxs/client.h>

#include "data/convert.h"
#include "data/py_value.h"

namespace aiopvxs
{

py::object Result::to_python() { return py::cast(PyValue(std::move(value))); }

std::unique_ptr<Failure> Failure::from(const std::exception &error, const std::string &peer)
{
    Kind kind = Kind::error;
    if (dynamic_cast<const pvxs::client::RemoteError *>(&error))
        kind = Kind::remote;
    else if (dynamic_cast<const pvxs::client::Disconnect *>(&error))
        kind = Kind::disconnected;
    return std::make_unique<Failure>(kind, error.what(), peer);
}

py::object Failure::to_python() { return py::cast(std::move(*this)); }

py::object Prototype::to_python() { return py::cast(std::move(*this)); }

void register_completions(py::module_ &m)
{
    py::native_enum<Failure::Kind>(m, "FailureKind", "enum.Enum", "Why an operation failed.")
        .value("remote", Failure::Kind::remote)
        .value("disconnected", Failure::Kind::disconnected)
        .value("closed", Failure::Kind::closed)
        .value("error", Failure::Kind::error)
        .finalize();

    py::class_<Failure>(m, "Failure", "The end of an operation that failed.")
        .def_readonly("kind", &Failure::kind, "Why it failed.")
        .def_property_readonly(
            "text", [](const Failure &self) { return decode(self.text); }, "What the server or PVXS says.")
        .def_property_readonly(
            "peer",
            [](const Failure &self) -> py::object {
                if (self.peer.empty())
                    return py::none();
                return decode(self.peer);
            },
            "Address of the server, None if PVXS does not tell it.");

    py::class_<Prototype>(m, "Prototype", "A put's request for the value to send.")
        .def_property_readonly(
            "value", [](const Prototype &self) { return PyValue(self.value); },
            "An empty Value of the PV's type, or the present value if the put asked for it.")
        .def_readonly("link", &Prototype::link, "Which connection of the channel this is true of.");
}

} // namespace aiopvxs
