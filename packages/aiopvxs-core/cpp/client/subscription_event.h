// What happens to a subscription besides updates.
#pragma once

#include <string>

namespace aiopvxs
{

struct SubscriptionEvent {
    // All but the first two are its end.
    enum class Kind { connected, disconnected, finished, remote, error, overflow, closed };

    Kind kind;
    std::string text;  // what the server or pvxs says
    std::string peer;  // "" if not known
    double time = 0.0; // seconds since 1970, of the first three
};

} // namespace aiopvxs
