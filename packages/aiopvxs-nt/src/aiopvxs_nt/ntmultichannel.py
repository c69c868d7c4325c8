"""NTMultiChannel and NTScalarMultiChannel: values of many PVs at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import Member, TypeCode, TypeCodeEnum, TypeCodeLike, TypeDef

from ._builder import Builder
from ._code import is_primitive
from ._shape import COMMON, any_or_union, optional, required, scalars
from .alarm import Alarm, alarm
from .reading import Reading
from .severity import AlarmSeverity, AlarmStatus
from .time import time
from .timestamp import Timestamp

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["ChannelReading", "MultiChannelReading", "NTMultiChannel", "NTScalarMultiChannel"]

_T = TypeCodeEnum
_PER_CHANNEL = (
    ("severity", _T.Int32A),
    ("status", _T.Int32A),
    ("message", _T.StringA),
    ("secondsPastEpoch", _T.Int64A),
    ("nanoseconds", _T.Int32A),
    ("userTag", _T.Int32A),
)
_CONNECTED = ("isConnected", _T.BoolA)


@dataclass(frozen=True)
class ChannelReading:
    """One of many PVs; what was not sent is None."""

    name: str
    value: Any
    alarm: Alarm | None = None
    timestamp: Timestamp | None = None
    connected: bool | None = None


class MultiChannelReading(Reading[list[Any]]):
    """Values of many PVs (NTMultiChannel, NTScalarMultiChannel): ``value`` is a list."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def _read_value(self) -> list[Any]:
        found = self._raw["value"]
        if found.type() in (_T.AnyA, _T.UnionA):
            return [None if one is None else _content(one) for one in found]
        return found.as_list()

    @property
    def channel_names(self) -> list[str]:
        """The names of the PVs."""
        return self._raw.as_string_list("channelName")

    @property
    def channels(self) -> dict[str, ChannelReading]:
        """The PVs by name.

        Raises:
            ValueError: the arrays have different lengths.
        """
        if wrong := _wrong_lengths(self._raw):
            raise ValueError(f"NTMultiChannel: {wrong}")
        raw, names = self._raw, self.channel_names
        listed = {name: raw.as_py(name, default=None) or None for name, _ in (*_PER_CHANNEL, _CONNECTED)}

        def of(field: str, number: int, default: Any) -> Any:
            found = listed[field]
            return default if found is None else found[number]

        made = {}
        for number, (name, value) in enumerate(zip(names, self.value, strict=True)):
            severity = of("severity", number, None)
            seconds = of("secondsPastEpoch", number, None)
            made[name] = ChannelReading(
                name,
                value,
                None
                if severity is None
                else Alarm(
                    AlarmSeverity(severity), of("message", number, ""), AlarmStatus(of("status", number, 0))
                ),
                None
                if seconds is None
                else Timestamp._of(seconds, of("nanoseconds", number, 0), of("userTag", number, 0)),
                of("isConnected", number, None),
            )
        return made


def _content(one: Value) -> Any:
    return one.as_py(arrays="numpy")


def _wrong_lengths(value: Value) -> str | None:
    count = len(value["channelName"])
    for name in ("value", *(name for name, _ in (*_PER_CHANNEL, _CONNECTED))):
        field = value.get(name)
        # an optional array that nobody filled says nothing
        if field is None or (len(field) == 0 and name != "value"):
            continue
        if len(field) != count:
            return f"channelName has {count} names, and {name} has {len(field)} elements"
    return None


class _MultiChannel(Builder):
    __slots__ = ("extra",)
    extra: tuple[Member, ...]
    _reading = MultiChannelReading
    _optional = tuple(optional(name, code) for name, code in (*_PER_CHANNEL, _CONNECTED))

    def _build(self, name: str, value: Member) -> TypeDef:
        members = [
            value,
            Member(_T.StringA, "channelName"),
            Member(_T.String, "descriptor"),
            alarm(),
            time(),
            *(Member(code, field) for field, code in (*_PER_CHANNEL, _CONNECTED)),
            *self.extra,
        ]
        return TypeDef(_T.Struct, members, id=f"epics:nt/{name}:1.0")

    @classmethod
    def _wrong_contents(cls, value: Value) -> str | None:
        return _wrong_lengths(value)


class NTMultiChannel(_MultiChannel):
    """Values of many PVs, each of its own type.

    ``epics:nt/NTMultiChannel:1.0``. It has ``isConnected``, as p4p's has.
    """

    __slots__ = ("members",)
    _rules = (
        required("value", any_or_union(array=True)),
        required("channelName", _T.StringA),
        *_MultiChannel._optional,
        *COMMON,
    )

    def __init__(self, members: Iterable[Member] | None = None, *, extra: Iterable[Member] = ()) -> None:
        """Choose the types.

        Args:
            members: of the union that a value is; None: a value is an Any.
            extra: further members, after the others.
        """
        self.members = None if members is None else tuple(members)
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give equal TypeDefs."""
        if self.members is None:
            return self._build("NTMultiChannel", Member(_T.AnyA, "value"))
        return self._build("NTMultiChannel", Member(_T.UnionA, "value", self.members))


class NTScalarMultiChannel(_MultiChannel):
    """Values of many PVs, all of one type; of the appendix of the specification.

    ``epics:nt/NTScalarMultiChannel:1.0``.
    """

    __slots__ = ("type",)
    _rules = (
        required("value", scalars(array=True)),
        required("channelName", _T.StringA),
        *_MultiChannel._optional,
        *COMMON,
    )

    def __init__(
        self,
        type: TypeCodeLike = _T.Float64,  # noqa: A002 the name in the specification
        *,
        extra: Iterable[Member] = (),
    ) -> None:
        """Choose the type of the values.

        Args:
            type: of one value: bool, a number or str.
            extra: further members, after the others.
        """
        code = TypeCode(type)
        if not is_primitive(code):
            raise ValueError(f"NTScalarMultiChannel takes bool, numbers or strings, not {code.name()}")
        self.type = code if code.is_array else TypeCode(int(code) | 0x08)
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give equal TypeDefs."""
        return self._build("NTScalarMultiChannel", Member(self.type, "value"))
