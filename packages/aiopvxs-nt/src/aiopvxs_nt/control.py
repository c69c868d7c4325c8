"""Limits of what may be written: control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiopvxs_core.data import Member, TypeCodeEnum, TypeCodeLike

from ._code import scalar
from ._limits import Limits, limits_of

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["Control", "control"]


@dataclass(frozen=True)
class Control:
    """What may be written; ``limits`` is None where they are not set, ``min_step`` where it is 0."""

    limits: Limits | None = None
    min_step: float | None = None


def read_control(value: Value) -> Control:
    """Read a control structure."""
    step = value.as_py("minStep", default=None)
    known = isinstance(step, (int, float)) and step > 0
    return Control(limits_of(value, "limitLow", "limitHigh"), step if known else None)


def control(code: TypeCodeLike, *, name: str = "control") -> Member:
    """Define the control structure for a numeric value of type ``code``: limits and the smallest step."""
    return Member(
        TypeCodeEnum.Struct,
        name,
        [Member(scalar(code), field) for field in ("limitLow", "limitHigh", "minStep")],
    )
