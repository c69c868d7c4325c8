"""NTScalar and NTScalarArray: one value, or one array of values."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from aiopvxs_core.data import Member, TypeCode, TypeCodeEnum, TypeCodeLike, TypeDef

from ._builder import Builder
from ._code import is_numeric, is_primitive
from .alarm import alarm
from .control import control
from .display import display
from .time import time
from .value_alarm import value_alarm

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["NTScalar"]


class NTScalar(Builder):
    """A bool, number or string, or an array of these, with alarm and time stamp.

    ``epics:nt/NTScalar:1.0``, or ``epics:nt/NTScalarArray:1.0`` for an array type (``pvxs::nt::NTScalar``).
    """

    __slots__ = ("control", "display", "extra", "form", "type", "valueAlarm")

    def __init__(
        self,
        type: TypeCodeLike = TypeCodeEnum.Float64,  # noqa: A002 the name in the specification
        *,
        display: bool = False,
        control: bool = False,
        valueAlarm: bool = False,  # noqa: N803 the name of the field
        form: bool = False,
        extra: Iterable[Member] = (),
    ) -> None:
        """Choose the options.

        Args:
            type: of the field ``value``: a type code, bool, int, float, str, ``list[float]``, a dtype.
            display: with a display structure (limits for numbers only, description, units).
            control: with control limits; numbers only.
            valueAlarm: with alarm limits and severities; numbers only.
            form: with precision and form in the display structure; numbers only.
            extra: further members, after the others.

        Raises:
            ValueError: the type is a structure, union or Any.
        """
        self.type = TypeCode(type)
        if not is_primitive(self.type):
            raise ValueError(
                f"NTScalar takes a bool, number or string, or an array of these, not {self.type}"
            )
        self.display = display
        self.control = control
        self.valueAlarm = valueAlarm
        self.form = form
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give the same TypeDef."""
        return _build(self.type, self.display, self.control, self.valueAlarm, self.form, self.extra)

    def __repr__(self) -> str:
        flags = [name for name in ("display", "control", "valueAlarm", "form") if getattr(self, name)]
        return f"NTScalar({', '.join([self.type.code.name, *(f'{flag}=True' for flag in flags)])})"


@lru_cache(maxsize=256)
def _build(
    code: TypeCode,
    with_display: bool,
    with_control: bool,
    with_value_alarm: bool,
    form: bool,
    extra: tuple[Member, ...],
) -> TypeDef:
    members = [Member(code, "value"), alarm(), time()]
    if with_display:
        members.append(display(code, form=form))
    if with_control and is_numeric(code):
        members.append(control(code))
    if with_value_alarm and is_numeric(code):
        members.append(value_alarm(code))
    name = "NTScalarArray" if code.is_array else "NTScalar"
    return TypeDef(TypeCodeEnum.Struct, [*members, *extra], id=f"epics:nt/{name}:1.0")
