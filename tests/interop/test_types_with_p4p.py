"""Normative types as p4p builds them, where its options are those of PVXS."""

from __future__ import annotations

from typing import Any

import pytest

from aiopvxs.data import Member, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTEnum, NTScalar

CODES = {
    "?": T.Bool, "b": T.Int8, "B": T.UInt8, "h": T.Int16, "H": T.UInt16, "i": T.Int32, "I": T.UInt32,
    "l": T.Int64, "L": T.UInt64, "f": T.Float32, "d": T.Float64, "s": T.String,
}  # fmt: skip
LETTERS = {code: letter for letter, code in CODES.items()}


def as_p4p(definition: TypeDef | Member) -> Any:
    """The definition as p4p.Type.aspy() gives it."""
    members = definition.members if isinstance(definition, TypeDef) else definition.children
    if definition.code == T.Struct:
        return ("S", definition.id or "structure", [(member.name, as_p4p(member)) for member in members])
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
