"""Client contexts and operations, as the compiled module has them."""

from . import _core

__all__ = ["Context", "Failure", "FailureKind", "Prototype", "Request", "Waiter"]

Context = _core.client.Context
Failure = _core.client.Failure
FailureKind = _core.client.FailureKind
Prototype = _core.client.Prototype
Request = _core.client.Request
Waiter = _core.client.Waiter
