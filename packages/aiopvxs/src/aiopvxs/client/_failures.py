"""What is said of operations that fail or find no answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Literal

from aiopvxs_core.client import Context, Failure, FailureKind, Waiter
from aiopvxs_core.errors import Closed, Disconnected, Error, RemoteError, Timeout

__all__ = ["Phase", "error_of", "missing", "not_found", "phase_of", "searched", "shortened", "timeout_error"]

Phase = Literal["connect", "init", "exec"]

_MOST_NAMES = 10


def error_of(what: str, name: str, failure: Failure) -> Exception:
    """Return the exception of an operation that failed.

    Args:
        what: the verb and the PV, for messages.
        name: of the PV.
        failure: what the core tells.
    """
    peer = failure.peer
    if failure.kind is FailureKind.remote:
        return RemoteError(failure.text, pv=name, peer=peer)
    if failure.kind is FailureKind.disconnected:
        server = f" to {peer}" if peer else ""
        text = f"{what}: the connection{server} was lost during the operation, which is not repeated"
        return Disconnected(text, pv=name, peer=peer, time=datetime.now(timezone.utc))
    if failure.kind is FailureKind.closed:
        return Closed(f"{what}: the Context was closed during the operation", pv=name, peer=peer)
    return Error(f"{what}: {failure.text}")


def phase_of(waiter: Waiter | None) -> Phase:
    """Return how far an operation has come."""
    return "connect" if waiter is None else waiter.phase


def timeout_error(
    what: str,
    name: str | None,
    waiter: Waiter | None,
    seconds: float,
    *,
    host: str | None = None,
    address: str | None = None,
    before: str = "",
) -> Timeout:
    """Return the error of an operation without an answer.

    Args:
        what: the verb and the PV, for messages.
        name: of the PV.
        waiter: None if it was not started: ``host`` is looked up.
        seconds: how long it waited.
        host: of the server it shall go to, while that is looked up.
        address: of that server.
        before: what was reached nevertheless.
    """
    phase = phase_of(waiter)
    peer = waiter.peer if waiter is not None and phase != "connect" else None
    where = f" by {peer}" if peer else ""
    reason = (
        f"the server {host!r} has not been looked up" if waiter is None else missing(waiter, phase, address)
    )
    text = f"{what}: no answer{where} within {seconds:g} s: {before}{reason}"
    return Timeout(text, pv=name, peer=peer, phase=phase)


def not_found(address: str | None) -> str:
    """Say of a PV that it was searched for, or asked of a server, in vain."""
    return f"the server {address} was not reached, or does not have it" if address else "the PV was not found"


def missing(waiter: Waiter, phase: Phase, address: str | None) -> str:
    """Say what an operation in ``phase`` waits for."""
    losses = waiter.losses
    lost = f"the connection was lost {losses} times meanwhile" if losses > 1 else "the connection was lost"
    if phase == "connect":
        if waiter.was_connected:
            return f"{lost}, and the PV has not been found again"
        return not_found(address)
    text = "the server has not accepted the operation" if phase == "init" else "the server has not answered"
    return f"{text}; {lost}" if losses else text


def searched(core: Context, server: str | None) -> str:
    """Say where a Context searches for a PV."""
    if server:
        return f"at the server {server}"
    config = core.config
    addresses = config.get("EPICS_PVA_ADDR_LIST", "")
    places = [f"at {addresses}"] if addresses else []
    if servers := config.get("EPICS_PVA_NAME_SERVERS", ""):
        places.append(f"through the name servers {servers}")
    return " and ".join(places) or "nowhere: EPICS_PVA_ADDR_LIST and EPICS_PVA_NAME_SERVERS are empty"


def shortened(names: Sequence[str]) -> str:
    """Return a list of PV names as a text, which ends where it grows long."""
    text = ", ".join(repr(name) for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{text} and {more} more" if more > 0 else text
