// What a subscription has gathered, as Python objects.
#pragma once

#include "client/subscription.h"
#include "python.h"

namespace aiopvxs
{

// Subscription::take() from a thread with the GIL, which is released where that copies or waits.
UpdateQueue::Items take_items(Subscription &from, std::size_t limit, std::size_t bytes);

// A Value or a SubscriptionEvent.
py::object to_python(UpdateQueue::Item &&item);

} // namespace aiopvxs
