#include "server/groups.h"

#include <mutex>
#include <set>
#include <string>

#include "data/convert.h"

namespace aiopvxs::server
{

namespace
{

std::mutex asking;

} // namespace

py::list groups_of(const pvxs::server::ClientCredentials &client)
{
    std::set<std::string> found;
    {
        py::gil_scoped_release release;
        std::lock_guard<std::mutex> guard(asking);
        found = client.roles();
    }
    py::list result;
    for (const auto &group : found)
        result.append(decode(group));
    return result;
}

} // namespace aiopvxs::server
