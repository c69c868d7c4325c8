"""NTNameValue: names with a value each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import Member, TypeCode, TypeCodeEnum, TypeCodeLike, TypeDef

from ._builder import Builder
from ._code import is_primitive
from ._shape import COMMON, required, scalars
from .alarm import alarm
from .reading import Reading
from .time import time

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["NTNameValue", "NameValueReading"]

_T = TypeCodeEnum


class NameValueReading(Reading[dict[str, Any]]):
    """Names with a value each (NTNameValue): ``value`` is a dict."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def _read_value(self) -> dict[str, Any]:
        names = self._raw.as_string_list("name")
        values = self._raw.as_list("value")
        if wrong := NTNameValue._wrong_contents(self._raw):
            raise ValueError(f"NTNameValue: {wrong}")
        return dict(zip(names, values, strict=True))


class NTNameValue(Builder):
    """Names with a value each, all of one type.

    ``epics:nt/NTNameValue:1.0``.
    """

    __slots__ = ("extra", "type")
    _rules = (required("name", _T.StringA), required("value", scalars(array=True)), *COMMON)
    _reading = NameValueReading

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
            raise ValueError(f"NTNameValue takes bool, numbers or strings, not {code.name()}")
        self.type = code if code.is_array else TypeCode(int(code) | 0x08)
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give equal TypeDefs."""
        members = [
            Member(_T.StringA, "name"),
            Member(self.type, "value"),
            Member(_T.String, "descriptor"),
            alarm(),
            time(),
            *self.extra,
        ]
        return TypeDef(_T.Struct, members, id="epics:nt/NTNameValue:1.0")

    @classmethod
    def _wrong_contents(cls, value: Value) -> str | None:
        names, count = value.as_string_list("name"), len(value["value"])
        if len(names) != count:
            return f"there are {len(names)} names for {count} values"
        return "a name is there twice" if len(set(names)) != count else None
