#pragma once

#include "queue/completion_queue.h"

namespace aiopvxs
{

// Tells Python, as None, that a subscription has something to take.
class SubscriptionReady final : public Completion
{
public:
    py::object to_python() override { return py::none(); }
    bool patient() const override { return true; }
};

} // namespace aiopvxs
