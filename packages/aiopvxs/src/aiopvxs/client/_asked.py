"""What a request asks for, noted on the values that answer it: aiopvxs.nt leaves out the rest."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from aiopvxs_core.client import Request
from aiopvxs_core.data import TypeCodeEnum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiopvxs_core.data import Value
    from aiopvxs_nt.asked import Asked

__all__ = ["asked_by"]


@lru_cache(maxsize=256)
def asked_by(request: Request) -> Asked | None:
    """Return what a pvRequest asks for; None if that is all."""
    field = request.value.get("field")
    paths = [] if field is None else list(_leaves(field, ""))
    if not paths:
        return None
    from aiopvxs_nt.asked import Asked

    return Asked(paths)


def _leaves(field: Value, path: str) -> Iterator[str]:
    for name, inner in field.items():
        if name == "_options":
            continue
        here = f"{path}{name}"
        below = list(_leaves(inner, f"{here}.")) if inner.type() == TypeCodeEnum.Struct else []
        yield from below or [here]
