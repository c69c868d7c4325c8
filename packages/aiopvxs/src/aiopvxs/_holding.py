"""Which handler is running, for the client to see that a put would wait for itself."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol

__all__ = ["Held", "check_put", "holding"]


class Held(Protocol):
    """A put whose handler runs, before which no other put to its PV can."""

    @property
    def finished(self) -> bool:
        """True once that handler has ended."""

    def holds(self, name: str) -> bool:
        """Tell whether its PV has that name."""


holding: ContextVar[tuple[Held, ...]] = ContextVar("aiopvxs_holding", default=())


def check_put(name: str) -> None:
    """Refuse a put to the PV whose put handler makes it.

    Raises:
        RuntimeError: it would wait for the handler, which waits for it.
    """
    for held in holding.get():
        if not held.finished and held.holds(name):
            raise RuntimeError(
                f"put {name!r}: the handler of a put to this PV puts to it, and would wait for itself: "
                "use pv.post(), or serial=False"
            )
