#include "data/convert.h"
#include "server/asking_source.h"
#include "server/groups.h"
#include "server/opening_handle.h"
#include "server/register.h"

namespace aiopvxs::server
{

namespace
{

using Names = std::vector<std::string>;

std::shared_ptr<AskingSource> make_asking_source(std::uint64_t key, Names names, Names patterns, bool finds,
                                                 double negative_ttl, double deny_ttl)
{
    AskingSource::Settings settings;
    settings.key = key;
    settings.names = std::move(names);
    settings.patterns = std::move(patterns);
    settings.finds = finds;
    settings.negative_ttl = negative_ttl;
    settings.deny_ttl = deny_ttl;
    return std::make_shared<AskingSource>(std::move(settings));
}

bool refuse_opening(const OpeningHandle &self, const py::str &text)
{
    const std::string message = encode(text);
    py::gil_scoped_release release;
    return self.opening->refuse(message);
}

// Names of channels and accounts are bytes of the wire, which need not be text.
void found(AskingSource &self, const py::str &name, bool exists)
{
    const std::string wanted = encode(name);
    py::gil_scoped_release release;
    self.found(wanted, exists);
}

void deny_client(AskingSource &self, const py::str &name, const py::str &account, const py::str &peer)
{
    const std::string wanted = encode(name), user = encode(account), address = encode(peer);
    py::gil_scoped_release release;
    self.deny(wanted, user, address);
}

// Of the client of a channel, "" once that has ended.
template <typename Field>
auto of_client(Field field)
{
    return [field](const OpeningHandle &self) {
        auto channel = self.opening->channel();
        return decode(channel ? channel->client().*field : std::string());
    };
}

} // namespace

void register_asking_source(py::module_ &m)
{
    using Client = pvxs::server::ClientCredentials;

    py::class_<AskingSource, Source, std::shared_ptr<AskingSource>>(
        m, "AskingSource", "A source that asks Python.", py::release_gil_before_calling_cpp_dtor())
        .def(py::init(&make_asking_source), py::kw_only(), py::arg("key"), py::arg("names"),
             py::arg("patterns"), py::arg("finds"), py::arg("negative_ttl"), py::arg("deny_ttl"),
             "Claim names and patterns; push each channel, as an Opening, and each other name, as Sought.")
        .def("found", &found, py::arg("name"), py::arg("exists"), "Answer a Sought.")
        .def("deny", &deny_client, py::arg("name"), py::arg("account"), py::arg("peer"),
             "Do not accept this client's channel for a while.");

    py::class_<Sought>(m, "Sought", "A name for which a client searches.")
        .def_readonly("key", &Sought::key, "The key of the source.")
        .def_property_readonly("name", [](const Sought &self) { return decode(self.name); }, "The name.");

    py::class_<OpeningHandle>(m, "Opening", "A channel that waits for what serves it.",
                              py::release_gil_before_calling_cpp_dtor())
        .def_readonly("key", &OpeningHandle::key, "The key of the source.")
        .def_property_readonly(
            "number", [](const OpeningHandle &self) { return self.opening->number(); },
            "What it is told of by.")
        .def_property_readonly(
            "name",
            [](const OpeningHandle &self) {
                auto channel = self.opening->channel();
                return decode(channel ? channel->name() : std::string());
            },
            "Name of the PV.")
        .def_property_readonly("peer", of_client(&Client::peer), "Address of the client, host:port.")
        .def_property_readonly("account", of_client(&Client::account), "The user that the client says it is.")
        .def_property_readonly("method", of_client(&Client::method), "How it says so.")
        .def(
            "roles",
            [](const OpeningHandle &self) {
                const auto channel = self.opening->channel(); // none, once the client has gone
                return channel ? groups_of(channel->client()) : py::list();
            },
            "Look up the groups of the account, sorted. This may block.")
        .def(
            "resolve",
            [](const OpeningHandle &self, const std::shared_ptr<Handler> &handler) {
                py::gil_scoped_release release;
                return self.opening->resolve(handler);
            },
            py::arg("handler"), "Let it be served; False if that was decided before, or it has ended.")
        .def("refuse", &refuse_opening, py::arg("text"),
             "Answer what waits with an error and close it; False if that was decided before.");
}

} // namespace aiopvxs::server
