"""NTPVI: which PVs a device has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef

from ._builder import Builder
from ._kinds import is_text
from ._shape import COMMON, DISPLAY, optional, required
from .alarm import alarm
from .reading import Reading
from .time import time

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["NTPVI", "PVIReading"]

_T = TypeCodeEnum
#: read, write, read and write, execute, and another device
ACCESSES = ("r", "w", "rw", "x", "d")
Entry = Mapping[str, Any]


class PVIReading(Reading[dict[str, Any]]):
    """Which PVs a device has (NTPVI).

    ``value`` is a dict of names; each holds a dict of accesses (``r``, ``w``, ``rw``, ``x``, ``d``) and names
    of PVs. Of a vector it holds a list of these, with None where there is no element.
    """

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def _read_value(self) -> dict[str, Any]:
        found: dict[str, Any] = self._raw.as_dict("value")
        plain = {name: _without_empty(entry) for name, entry in found.items()}
        return _vectors(plain)

    @property
    def tree(self) -> SimpleNamespace:
        """The same as an object: ``reading.tree.pos.rw`` is the name of a PV."""
        return SimpleNamespace(**{name: _object(entry) for name, entry in self.value.items()})

    @property
    def devices(self) -> dict[str, Any]:
        """Names of other NTPVI PVs, those under ``d``: for a vector a list."""
        found = {}
        for name, entry in self.value.items():
            if isinstance(entry, list):
                listed = [one and one.get("d") for one in entry]
                if any(listed):
                    found[name] = listed
            elif "d" in entry:
                found[name] = entry["d"]
        return found


def _without_empty(entry: Any) -> Any:
    if isinstance(entry, list):
        return [None if one is None else _without_empty(one) for one in entry]
    return {access: name for access, name in entry.items() if name}


def _vectors(found: dict[str, Any]) -> dict[str, Any]:
    """Join the elements ``name__0``, ``name__1`` of a vector, or ``__0`` of the device itself."""
    made: dict[str, Any] = {}
    for name, entry in found.items():
        base, _, number = name.rpartition("__")
        if not number.isdecimal() or "__" not in name or int(number) > len(found) * 100:
            made[name] = entry
            continue
        listed = made.setdefault(base or "__", [])
        if not isinstance(listed, list):
            made[name] = entry
            continue
        listed.extend([None] * (int(number) + 1 - len(listed)))
        listed[int(number)] = entry
    return made


def _object(entry: Any) -> Any:
    if isinstance(entry, list):
        return [None if one is None else SimpleNamespace(**one) for one in entry]
    return SimpleNamespace(**entry)


def _entries(member: Member) -> str | None:
    if member.code != _T.Struct:
        return f"is {member.code.name()}, not struct"
    for child in member.children:
        if child.code not in (_T.Struct, _T.StructA):
            return f"has an entry {child.name!r} that is {child.code.name()}, not struct"
        for one in child.children:
            if one.name not in ACCESSES:
                return (
                    f"has an entry {child.name!r} with the access {one.name!r}, which is none of {ACCESSES}"
                )
            if one.code != _T.String:
                return f"has an entry {child.name!r} whose {one.name!r} is {one.code.name()}, not string"
    return None


class NTPVI(Builder):
    """Which PVs a device has: for each name the PVs to read, write, execute, and other devices.

    ``epics:nt/NTPVI:1.0``: not of the specification, and published by PandABlocks, FastCS and IOCs.
    """

    __slots__ = ("description", "entries", "extra")
    _rules = (required("value", _entries), *COMMON, optional("display", DISPLAY))
    _reading = PVIReading

    def __init__(
        self,
        entries: Mapping[str, Entry | Sequence[Entry | None]] | None = None,
        *,
        description: str = "",
        extra: Iterable[Member] = (),
    ) -> None:
        """Choose the PVs.

        Args:
            entries: a dict of names; each holds a dict of accesses ("r", "w", "rw", "x", "d") and names of
                PVs, or of a vector a list of these, with None where there is no element.
            description: of the device.
            extra: further members, after the others.

        Raises:
            ValueError: an access that there is not.
        """
        self.entries = dict(entries or {})
        self.description = description
        self.extra = tuple(extra)
        for name, entry in self.entries.items():
            if is_text(entry):
                raise ValueError(
                    f"{name!r} is {entry!r}: it has to say how that is accessed, such as {{'rw': {entry!r}}}"
                )
            for one in entry if isinstance(entry, Sequence) else (entry,):
                if wrong := [access for access in one or () if access not in ACCESSES]:
                    raise ValueError(f"{name!r} has the access {wrong[0]!r}, which is none of {ACCESSES}")

    def build(self) -> TypeDef:
        """Return the type; equal options give equal TypeDefs."""
        members = [
            Member(_T.Struct, "display", [Member(_T.String, "description")]),
            Member(_T.Struct, "value", [_member(name, entry) for name, entry in self.entries.items()]),
            alarm(),
            time(),
            *self.extra,
        ]
        return TypeDef(_T.Struct, members, id="epics:nt/NTPVI:1.0")

    def _initialise(self, value: Value) -> None:
        value["value"] = {
            name: [None if one is None else dict(one) for one in entry]
            if isinstance(entry, Sequence)
            else dict(entry)
            for name, entry in self.entries.items()
        }
        if self.description:
            value["display.description"] = self.description


def _member(name: str, entry: Entry | Sequence[Entry | None]) -> Member:
    if isinstance(entry, Sequence):
        used = {access for one in entry for access in one or ()}
        listed = [Member(_T.String, access) for access in ACCESSES if access in used]
        return Member(_T.StructA, name, listed)
    return Member(_T.Struct, name, [Member(_T.String, access) for access in entry])
