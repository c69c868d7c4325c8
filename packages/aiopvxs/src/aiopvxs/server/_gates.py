"""The gates of all servers, for what changes the decisions of several."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._access import Gate
    from ._acf import AccessSecurity
    from ._served import Served

__all__ = ["gates", "review_pv", "review_rules"]

gates: weakref.WeakSet[Gate] = weakref.WeakSet()


def review_rules(rules: AccessSecurity) -> None:
    """Let all decisions be made anew that depend on these rules."""
    for gate in list(gates):
        if gate.access is rules:
            gate.review()


def review_pv(pv: Served) -> None:
    """Let all decisions be made anew about this PV."""
    for gate in list(gates):
        gate.review(pv._key)
