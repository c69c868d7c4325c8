"""Limits of what may be written: control."""

from __future__ import annotations

from aiopvxs_core.data import Member, TypeCodeEnum, TypeCodeLike

from ._code import scalar

__all__ = ["control"]


def control(code: TypeCodeLike, *, name: str = "control") -> Member:
    """Define the control structure for a numeric value of type ``code``: limits and the smallest step."""
    return Member(
        TypeCodeEnum.Struct,
        name,
        [Member(scalar(code), field) for field in ("limitLow", "limitHigh", "minStep")],
    )
