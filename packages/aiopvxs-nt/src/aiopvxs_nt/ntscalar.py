"""NTScalar and NTScalarArray: one value, or one array of values."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import Member, TypeCode, TypeCodeEnum, TypeCodeLike, TypeDef

from ._builder import Builder
from ._code import is_numeric, is_primitive
from ._options import Extras, initialise_extras
from ._shape import COMMON, CONTROL, DISPLAY, VALUE_ALARM, optional, required, scalars
from .alarm import alarm
from .control import control
from .display import display
from .reading import Reading
from .readings import ArrayReading, ScalarReading
from .time import time
from .value_alarm import value_alarm

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["NTScalar", "NTScalarArray"]

_PARTS = (
    *COMMON,
    optional("display", DISPLAY),
    optional("control", CONTROL),
    optional("valueAlarm", VALUE_ALARM),
)


class NTScalar(Builder):
    """A bool, number or string, or an array of these, with alarm and time stamp.

    ``epics:nt/NTScalar:1.0``, or ``epics:nt/NTScalarArray:1.0`` for an array type (``pvxs::nt::NTScalar``).
    """

    __slots__ = ("_initial", "control", "display", "extra", "form", "type", "valueAlarm")
    _rules = (required("value", scalars()), *_PARTS)

    def __init__(
        self,
        type: TypeCodeLike = TypeCodeEnum.Float64,  # noqa: A002 the name in the specification
        *,
        display: bool = False,
        control: bool = False,
        valueAlarm: bool = False,  # noqa: N803 the name of the field
        form: bool = False,
        units: str | None = None,
        precision: int | None = None,
        description: str | None = None,
        limits: tuple[float, float] | None = None,
        alarms: tuple[float | None, float | None, float | None, float | None] | None = None,
        hysteresis: float | None = None,
        extra: Iterable[Member] = (),
    ) -> None:
        """Choose the options.

        Args:
            type: of the field ``value``: a type code, bool, int, float, str, ``list[float]``, a dtype.
            display: with a display structure (limits for numbers only, description, units).
            control: with control limits; numbers only.
            valueAlarm: with alarm limits and severities; numbers only.
            form: with precision and form in the display structure; numbers only.
            units: of the value; implies ``display``, as the next two do.
            precision: number of decimals to show; implies ``form``; numbers only.
            description: of the value.
            limits: the lowest and the highest value: sets the limits of display and control; numbers only.
            alarms: limits (lolo, low, high, hihi), None where there is none: sets the limits, ``active`` and
                the severities (MAJOR at lolo and hihi, MINOR at low and high) of valueAlarm; numbers only.
            hysteresis: by how much a value has to come back before its alarm ends; implies ``valueAlarm``.
            extra: further members, after the others.

        Raises:
            ValueError: the type is a structure, union or Any; limits for what is no number, or not in order.
        """
        self.type = TypeCode(type)
        if not is_primitive(self.type):
            raise ValueError(
                f"{self.__class__.__name__} takes a bool, number or string, or an array of these, "
                f"not {self.type}"
            )
        given = Extras(units, precision, description, limits, alarms, hysteresis)
        given.check(self.type)
        self._initial = given.fields(self.type)
        self.form = form or precision is not None
        self.display = display or precision is not None or limits is not None or bool(units or description)
        self.control = control or limits is not None
        self.valueAlarm = valueAlarm or alarms is not None or hysteresis is not None
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give the same TypeDef."""
        return _build(self.type, self.display, self.control, self.valueAlarm, self.form, self.extra)

    def _initialise(self, value: Value) -> None:
        initialise_extras(value, self._initial)

    def unwrap(self, value: Value) -> Reading[Any]:
        """Make the reading of a value of this type."""
        reading = super().unwrap(value)
        return (ArrayReading if value["value"].type().is_array else ScalarReading)(reading.raw)

    def __repr__(self) -> str:
        flags = [name for name in ("display", "control", "valueAlarm", "form") if getattr(self, name)]
        return (
            f"{type(self).__name__}({', '.join([self.type.code.name, *(f'{flag}=True' for flag in flags)])})"
        )


class NTScalarArray(NTScalar):
    """An array of bool, numbers or strings; ``NTScalar`` with an array type.

    ``epics:nt/NTScalarArray:1.0``.
    """

    __slots__ = ()
    _rules = (required("value", scalars(array=True)), *_PARTS)

    def __init__(self, type: TypeCodeLike = TypeCodeEnum.Float64A, **options: Any) -> None:  # noqa: A002
        """Choose the options: those of NTScalar, with the type of an array or of one element."""
        code = TypeCode(type)
        if is_primitive(code) and not code.is_array:
            code = TypeCode(int(code) | 0x08)
        super().__init__(code, **options)


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
