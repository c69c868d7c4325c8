"""Normative types as p4p builds them, where its options are those of PVXS."""

from __future__ import annotations

from typing import Any

import pytest

from aiopvxs.data import Member, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTURI, NTEnum, NTMultiChannel, NTNDArray, NTScalar, NTScalarMultiChannel, NTTable

CODES = {
    "?": T.Bool, "b": T.Int8, "B": T.UInt8, "h": T.Int16, "H": T.UInt16, "i": T.Int32, "I": T.UInt32,
    "l": T.Int64, "L": T.UInt64, "f": T.Float32, "d": T.Float64, "s": T.String,
}  # fmt: skip
LETTERS = {code: letter for letter, code in CODES.items()}


_KINDS = {
    T.Struct: ("S", "structure"),
    T.StructA: ("aS", "structure"),
    T.Union: ("U", "structure"),
    T.UnionA: ("aU", "structure"),
}


def as_p4p(definition: TypeDef | Member) -> Any:
    """The definition as p4p.Type.aspy() gives it."""
    members = definition.members if isinstance(definition, TypeDef) else definition.children
    if definition.code in _KINDS:
        kind, unnamed = _KINDS[definition.code.code]
        return (kind, definition.id or unnamed, [(member.name, as_p4p(member)) for member in members])
    if definition.code in (T.Any, T.AnyA):
        return "av" if definition.code.is_array else "v"
    return ("a" if definition.code.is_array else "") + LETTERS[definition.code.scalar.code]


def named(spec: Any) -> Any:
    """The same with the name that p4p gives to structures without id."""
    if isinstance(spec, tuple):
        return (spec[0], spec[1] or "structure", [(name, named(member)) for name, member in spec[2]])
    return spec


# p4p gives limits to bool and string too
CASES = [(letter, {}) for letter in CODES] + [
    (letter, {"control": True}) for letter in CODES if letter not in "?s"
]


@pytest.mark.parametrize(("letter", "options"), CASES, ids=str)
@pytest.mark.parametrize("array", ["", "a"])
def test_ntscalar(p4p: None, letter: str, array: str, options: dict[str, bool]) -> None:
    from p4p.nt import NTScalar as Theirs

    code = CODES[letter]
    ours = NTScalar(T[code.name + "A"] if array else code, **options).build()
    assert as_p4p(ours) == named(Theirs.buildType(array + letter, **options).aspy())


def test_ntenum(p4p: None) -> None:
    from p4p.nt import NTEnum as Theirs

    ours = as_p4p(NTEnum().build())
    theirs = named(Theirs().type.aspy())
    assert (ours[1], ours[2][:3]) == (theirs[1], theirs[2][:3])


def test_nttable(p4p: None) -> None:
    from p4p.nt import NTTable as Theirs

    columns = [("pos", "d"), ("name", "s"), ("on", "?")]
    ours = NTTable([(name, CODES[letter]) for name, letter in columns]).build()
    theirs = Theirs.buildType([(name, f"a{letter}") for name, letter in columns])
    assert as_p4p(ours) == named(theirs.aspy())


def test_ntndarray(p4p: None) -> None:
    from p4p.nt import NTNDArray as Theirs

    ours, theirs = as_p4p(NTNDArray().build()), named(Theirs.buildType().aspy())
    assert ours[:2] == theirs[:2]
    # they put a display after the rest, and tags and alarm are not in their attributes
    rest = {name: member for name, member in theirs[2] if name != "display"}
    for name, member in ours[2]:
        if name == "attribute":
            own = dict(member[2])
            assert all(own[field] == kind for field, kind in rest[name][2])
        else:
            assert member == rest[name], name


def test_nturi(p4p: None) -> None:
    from p4p.nt import NTURI as Theirs

    ours = as_p4p(NTURI({"a": T.Float64, "b": T.String}).build())
    theirs = named(Theirs([("a", "d"), ("b", "s")]).type.aspy())
    assert ours[:2] == theirs[:2]
    assert {name for name, _ in theirs[2]} <= {name for name, _ in ours[2]}
    assert dict(ours[2])["query"] == dict(theirs[2])["query"]


def test_ntmultichannel(p4p: None) -> None:
    from p4p.nt import NTMultiChannel as Theirs

    assert as_p4p(NTMultiChannel().build()) == named(Theirs.buildType("av").aspy())
    ours, theirs = as_p4p(NTScalarMultiChannel(float).build()), named(Theirs.buildType("ad").aspy())
    assert ours[2] == theirs[2]
