// What a subscription has gathered, as Python objects.
#pragma once

#include <memory>

#include "client/subscription.h"
#include "data/returns.h"
#include "python.h"

namespace aiopvxs
{

// Subscription::take() from a thread with the GIL, which is released where that copies or waits.
UpdateQueue::Items take_items(Subscription &from, std::size_t limit, std::size_t bytes);

// A Value, which goes where its subscription says in the end, or a SubscriptionEvent.
py::object to_python(UpdateQueue::Item &&item, const std::shared_ptr<Returns> &returns);

// Whether it is a Value.
bool is_value(const py::object &item);

} // namespace aiopvxs
