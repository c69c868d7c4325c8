#include <vector>

#include "data/convert.h"
#include "server/channel_usage.h"
#include "server/register.h"
#include "server/server.h"

namespace aiopvxs::server
{

namespace
{

using Stats = std::vector<pvxs::server::MonitorStat>;

// pvxs's own "server" channel has none
const ChannelUsage *usage_of(const pvxs::server::Report::Channel &of)
{
    return dynamic_cast<const ChannelUsage *>(of.info.get());
}

py::tuple channel(const pvxs::server::Report::Channel &of, const Stats &stats)
{
    const ChannelUsage *usage = usage_of(of);
    py::list queues;
    for (const auto &stat : stats)
        queues.append(py::make_tuple(stat.nQueue, stat.maxQueue, stat.limitQueue));
    return py::make_tuple(decode(of.name), of.tx, of.rx, usage ? usage->subscriptions.load() : 0u,
                          usage ? usage->squashed.load() : 0u, std::move(queues));
}

} // namespace

py::list report(const Server &self)
{
    pvxs::server::Report report;
    std::vector<Stats> queues; // of each channel
    {
        py::gil_scoped_release release;
        report = self.report();
        for (const auto &connection : report.connections) {
            for (const auto &each : connection.channels) {
                const ChannelUsage *usage = usage_of(each);
                queues.push_back(usage ? usage->queues() : Stats());
            }
        }
    }
    auto next = queues.begin();
    py::list connections;
    for (const auto &connection : report.connections) {
        py::list channels;
        for (const auto &each : connection.channels)
            channels.append(channel(each, *next++));
        const auto &client = connection.credentials;
        connections.append(py::make_tuple(decode(connection.peer), decode(client ? client->account : ""),
                                          decode(client ? client->method : ""), connection.tx, connection.rx,
                                          std::move(channels)));
    }
    return connections;
}

} // namespace aiopvxs::server
