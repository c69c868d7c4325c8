#include "server/config.h"
#include "server/register.h"

namespace aiopvxs::server
{

namespace
{

std::string type_name(py::handle object) { return py::str(py::type::handle_of(object).attr("__name__")); }

// A setting's text from what a user may write for it: "YES" or True, "5075" or 5075, "a b" or ["a", "b"].
std::string setting(const std::string &key, py::handle object)
{
    if (py::isinstance<py::str>(object))
        return py::cast<std::string>(object);
    if (py::isinstance<py::bool_>(object))
        return py::cast<bool>(object) ? "YES" : "NO";
    if (py::isinstance<py::int_>(object) || py::isinstance<py::float_>(object))
        return py::str(object);
    if (py::isinstance<py::list>(object) || py::isinstance<py::tuple>(object)) {
        std::string text;
        for (py::handle word : object) {
            if (!py::isinstance<py::str>(word))
                throw py::type_error(key + " lists a " + type_name(word) + ": an address is a str");
            text += (text.empty() ? "" : " ") + py::cast<std::string>(word);
        }
        return text;
    }
    throw py::type_error(key + " is a " + type_name(object) +
                         ": a setting is a str, bool, number or list of str");
}

Settings settings_of(const py::dict &values)
{
    Settings result;
    for (auto item : values) {
        if (!py::isinstance<py::str>(item.first))
            throw py::type_error("A configuration key is a str, not a " + type_name(item.first));
        std::string key = py::cast<std::string>(item.first);
        if (!Config::is_key(key))
            throw py::value_error("\"" + key + "\" is not a setting of a PVAccess server or client");
        result[key] = setting(key, item.second);
    }
    return result;
}

Config from_layers(const std::vector<Settings> &layers)
{
    py::gil_scoped_release release; // host names are resolved
    return Config::from_layers(layers);
}

std::string repr(const Config &self)
{
    std::string text;
    for (const auto &entry : self.settings())
        text += (text.empty() ? "" : ", ") + entry.first + "=" + entry.second;
    return "<Config " + text + ">";
}

} // namespace

void register_config(py::module_ &m)
{
    py::class_<Config>(m, "Config",
                       "Where and how a server listens. Complete: nothing is added to it later.\n\n"
                       "Config() holds the defaults of PVXS. It does not change once made.")
        .def(py::init<>())
        .def_static(
            "from_env", []() { return from_layers({Config::environment()}); },
            "Return the configuration that the EPICS_PVAS_* and EPICS_PVA_* variables describe.\n\n"
            "Raises:\n    ValueError: a variable cannot be parsed; the message names it.")
        .def_static(
            "from_dict",
            [](const py::dict &values, bool use_env) {
                std::vector<Settings> layers;
                if (use_env)
                    layers.push_back(Config::environment());
                layers.push_back(settings_of(values));
                return from_layers(layers);
            },
            py::arg("values"), py::kw_only(), py::arg("use_env") = true,
            "Return a configuration from EPICS_PVAS_* and EPICS_PVA_* settings.\n\n"
            "Args:\n"
            "    values: settings by name; each replaces the environment's, lists too.\n"
            "    use_env: lay them over the environment, else over the defaults.\n\n"
            "Raises:\n"
            "    ValueError: an unknown key, or a value that cannot be parsed.\n"
            "    TypeError: a value of a type that no setting has.")
        .def_static("isolated", &Config::isolated, py::kw_only(), py::arg("ipv6") = false,
                    "Return a configuration for tests: loopback only, random ports, no beacons to others.")
        .def_property_readonly(
            "interfaces", [](const Config &self) { return self.pvxs().interfaces; },
            "Addresses of the network interfaces to serve; none: all.")
        .def_property_readonly(
            "ignore_addresses", [](const Config &self) { return self.pvxs().ignoreAddrs; },
            "Addresses of clients whose searches are ignored.")
        .def_property_readonly(
            "beacon_destinations", [](const Config &self) { return self.pvxs().beaconDestinations; },
            "Addresses to which beacons are sent.")
        .def_property_readonly(
            "tcp_port", [](const Config &self) { return self.pvxs().tcp_port; }, "TCP port; 0: any.")
        .def_property_readonly(
            "udp_port", [](const Config &self) { return self.pvxs().udp_port; },
            "UDP port for searches and beacons; 0: any.")
        .def_property_readonly(
            "auto_beacon", [](const Config &self) { return self.pvxs().auto_beacon; },
            "Whether beacons also go to the broadcast addresses of the interfaces.")
        .def_property_readonly("timeout", &Config::timeout,
                               "EPICS_PVA_CONN_TMO in seconds: silence after which a peer is taken for lost.")
        .def("as_dict", &Config::settings, "Return the configuration as EPICS_PVAS_* settings.")
        .def(
            "__eq__",
            [](const Config &self, const py::object &other) -> py::object {
                if (!py::isinstance<Config>(other))
                    return py::reinterpret_borrow<py::object>(Py_NotImplemented);
                return py::bool_(self.settings() == py::cast<const Config &>(other).settings());
            },
            py::arg("other"))
        .def("__hash__", [](const Config &self) { return py::hash(py::cast(self.settings()).attr("values")()); })
        .def("__repr__", &repr);
}

} // namespace aiopvxs::server
