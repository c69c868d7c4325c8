"""Client contexts and operations, as the compiled module has them."""

from . import _core

__all__ = [
    "Context",
    "Failure",
    "FailureKind",
    "OverflowPolicy",
    "Prototype",
    "Request",
    "Subscription",
    "SubscriptionCounts",
    "SubscriptionEvent",
    "SubscriptionEventKind",
    "Waiter",
]

Context = _core.client.Context
Failure = _core.client.Failure
FailureKind = _core.client.FailureKind
OverflowPolicy = _core.client.OverflowPolicy
Prototype = _core.client.Prototype
Request = _core.client.Request
Subscription = _core.client.Subscription
SubscriptionCounts = _core.client.SubscriptionCounts
SubscriptionEvent = _core.client.SubscriptionEvent
SubscriptionEventKind = _core.client.SubscriptionEventKind
Waiter = _core.client.Waiter
