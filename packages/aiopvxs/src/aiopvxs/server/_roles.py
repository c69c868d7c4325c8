"""The groups of accounts, which only the system knows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable

__all__ = ["roles_of"]

# The groups of accounts, and until when they are believed: asking the system may take long.
_roles: dict[str, tuple[float, frozenset[str]]] = {}
_SECONDS = 60.0
_MOST = 1000


async def roles_of(account: str, look_up: Callable[[], Iterable[str]]) -> frozenset[str]:
    """Return the groups of an account.

    Args:
        account: its name.
        look_up: asks the system, in a thread; what it says is kept for a minute.
    """
    until, found = _roles.get(account, (0.0, frozenset[str]()))
    if time.monotonic() < until:
        return found
    found = frozenset(await asyncio.to_thread(look_up))
    if len(_roles) >= _MOST:
        _roles.clear()
    _roles[account] = (time.monotonic() + _SECONDS, found)
    return found
