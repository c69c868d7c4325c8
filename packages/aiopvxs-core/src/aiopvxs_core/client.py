"""Client contexts and operations, as the compiled module has them."""

from . import _core

__all__ = [
    "Channel",
    "ChannelState",
    "Context",
    "Discovery",
    "Failure",
    "FailureKind",
    "Found",
    "NextUpdate",
    "OverflowPolicy",
    "Prototype",
    "Request",
    "Subscription",
    "SubscriptionCounts",
    "SubscriptionEvent",
    "SubscriptionEventKind",
    "Updates",
    "Waiter",
    "Waking",
    "Watch",
]

Channel = _core.client.Channel
ChannelState = _core.client.ChannelState
Context = _core.client.Context
Discovery = _core.client.Discovery
Failure = _core.client.Failure
FailureKind = _core.client.FailureKind
Found = _core.client.Found
NextUpdate = _core.client.NextUpdate
OverflowPolicy = _core.client.OverflowPolicy
Prototype = _core.client.Prototype
Request = _core.client.Request
Subscription = _core.client.Subscription
SubscriptionCounts = _core.client.SubscriptionCounts
SubscriptionEvent = _core.client.SubscriptionEvent
SubscriptionEventKind = _core.client.SubscriptionEventKind
Updates = _core.client.Updates
Waiter = _core.client.Waiter
Waking = _core.client.Waking
Watch = _core.client.Watch
