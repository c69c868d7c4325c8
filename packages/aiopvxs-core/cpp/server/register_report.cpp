#include "data/convert.h"
#include "server/channel_usage.h"
#include "server/register.h"
#include "server/server.h"

namespace aiopvxs::server
{

namespace
{

py::tuple channel(const pvxs::server::Report::Channel &of)
{
    // pvxs's own "server" channel has none
    const auto *usage = dynamic_cast<const ChannelUsage *>(of.info.get());
    return py::make_tuple(decode(of.name), of.tx, of.rx, usage ? usage->subscriptions.load() : 0u,
                          usage ? usage->squashed.load() : 0u);
}

} // namespace

py::list report(const Server &self)
{
    pvxs::server::Report report;
    {
        py::gil_scoped_release release;
        report = self.report();
    }
    py::list connections;
    for (const auto &connection : report.connections) {
        py::list channels;
        for (const auto &each : connection.channels)
            channels.append(channel(each));
        const auto &client = connection.credentials;
        connections.append(py::make_tuple(decode(connection.peer), decode(client ? client->account : ""),
                                          decode(client ? client->method : ""), connection.tx, connection.rx,
                                          std::move(channels)));
    }
    return connections;
}

} // namespace aiopvxs::server
