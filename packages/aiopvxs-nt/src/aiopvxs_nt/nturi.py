"""NTURI: the argument of a remote procedure call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import Member, TypeCode, TypeCodeEnum, TypeCodeLike, TypeDef

from ._builder import Builder
from ._code import is_primitive
from ._shape import optional, required
from .reading import Reading

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["NTURI", "URIReading"]

_T = TypeCodeEnum


class URIReading(Reading[dict[str, Any]]):
    """A call (NTURI): ``value`` is a dict of its query."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    _value_field = "query"

    def _read_value(self) -> dict[str, Any]:
        return self._raw.as_dict("query", arrays="numpy", default={})

    @property
    def scheme(self) -> str:
        """The protocol, such as "pva"."""
        return self._raw.as_string("scheme")

    @property
    def authority(self) -> str:
        """The server, if one is named."""
        return self._raw.as_string("authority", "")

    @property
    def path(self) -> str:
        """The name of the PV."""
        return self._raw.as_string("path")


def _query(member: Member) -> str | None:
    if member.code != _T.Struct:
        return f"is {member.code.name()}, not struct"
    wrong = [child.name for child in member.children if not is_primitive(child.code)]
    return f"has arguments that are no bool, number or string: {', '.join(wrong)}" if wrong else None


class NTURI(Builder):
    """The argument of a remote procedure call: a path, and a query of named arguments.

    ``epics:nt/NTURI:1.0`` (``pvxs::nt::NTURI``).
    """

    __slots__ = ("arguments", "extra")
    _rules = (
        required("scheme", _T.String),
        required("path", _T.String),
        optional("authority", _T.String),
        optional("query", _query),
    )
    _reading = URIReading

    def __init__(
        self, query: Mapping[str, TypeCodeLike] | Iterable[Member] = (), *, extra: Iterable[Member] = ()
    ) -> None:
        """Choose the arguments.

        Args:
            query: a dict of names and types, or Members.
            extra: further members, after the others.
        """
        if isinstance(query, Mapping):
            self.arguments = tuple(Member(TypeCode(kind), name) for name, kind in query.items())
        else:
            self.arguments = tuple(query)
        self.extra = tuple(extra)

    def build(self) -> TypeDef:
        """Return the type; equal options give equal TypeDefs."""
        members = [
            Member(_T.String, "scheme"),
            Member(_T.String, "authority"),
            Member(_T.String, "path"),
            Member(_T.Struct, "query", self.arguments),
            *self.extra,
        ]
        return TypeDef(_T.Struct, members, id="epics:nt/NTURI:1.0")

    def _initialise(self, value: Value) -> None:
        value["scheme"] = "pva"

    @classmethod
    def _wrong_contents(cls, value: Value) -> str | None:
        return None if value.as_string("path") else "path is empty"
