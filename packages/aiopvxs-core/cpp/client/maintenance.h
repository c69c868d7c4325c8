// What concerns a whole pvxs Context: what it does, and what it should forget, hurry or ignore.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <pvxs/client.h>

namespace aiopvxs
{

class Session;

// All of these wait for a pvxs worker: call them without the GIL, and not on an event loop's thread. On a
// closed Session they do nothing, and say so.
namespace maintenance
{

// Traffic since each connection began.
std::optional<pvxs::client::Report> report(Session &session);
// Search for all PVs not found so far at once; pvxs does so once in 30 s at most.
bool hurry_up(Session &session);
// Forget unused channels: of one PV or ("") of all.
bool cache_clear(Session &session, const std::string &pv);
// Take no answers to searches from these servers, and from no others than before.
bool ignore_servers(Session &session, const std::vector<pvxs::ServerGUID> &guids);

} // namespace maintenance

} // namespace aiopvxs
