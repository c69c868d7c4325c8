"""What the verbs of a Context share."""

from __future__ import annotations

from types import EllipsisType

from aiopvxs_core import client as core

__all__ = ["Verbs", "check_name"]


class Verbs:
    """The base of the classes that give a Context its verbs, one or a few each."""

    _core: core.Context
    _timeout: float | None

    def _seconds(self, timeout: float | EllipsisType | None) -> float | None:
        """Return the timeout of an operation: the Context's if it was given none."""
        return self._timeout if timeout is ... else timeout


def check_name(name: object) -> None:
    """Refuse what does not name a PV.

    Raises:
        ValueError: it is no str, or empty.
    """
    if not isinstance(name, str) or not name:
        raise ValueError(f"A PV is named by a str that is not empty, not by {name!r}")
