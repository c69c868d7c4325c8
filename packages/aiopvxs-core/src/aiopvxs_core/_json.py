"""Values as JSON text and back.

JSON has neither NaN nor infinities: NaN becomes null, and null in a float field becomes NaN; infinities
become strings, which float fields take.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from types import NoneType
from typing import TYPE_CHECKING, Any, NoReturn

from ._core.data import TypeCodeEnum as T

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._core.data import Member, TypeCode, Value

_FLOATS = frozenset({T.Float32, T.Float64})
_FLOAT_ARRAYS = frozenset({T.Float32A, T.Float64A})

_SPECIAL = {None: math.nan, "Infinity": math.inf, "-Infinity": -math.inf}

_CONSTANTS = ("NaN", "Infinity", "-Infinity")
_STRING_OR_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|NaN|-?Infinity', re.DOTALL)

# numbers that may be beyond the range of a float, or of what int() reads
_MAYBE_TOO_LARGE = re.compile(r"[eE]\+?\d{3}|\d{300}")


def to_json(value: Value, only_marked: bool, indent: int | str | None) -> str:
    """Return what Value.to_json() does."""
    plain = value.as_py(only_marked=only_marked)
    try:
        return json.dumps(plain, allow_nan=False, indent=indent)
    except ValueError:  # something in it is not finite
        return json.dumps(_finite(plain), allow_nan=False, indent=indent)


def _finite(plain: Any) -> Any:
    if isinstance(plain, float) and not math.isfinite(plain):
        return None if math.isnan(plain) else "Infinity" if plain > 0 else "-Infinity"
    if isinstance(plain, list):
        return [_finite(item) for item in plain]
    if isinstance(plain, dict):
        return {key: _finite(item) for key, item in plain.items()}
    return plain


def from_json(value: Value, text: str | bytes | bytearray) -> None:
    """Do what Value.from_json() does."""
    if isinstance(text, (bytes, bytearray)):
        text = text.decode("utf-8")
    if not isinstance(text, str):
        raise TypeError(f"JSON text is str or bytes, not {type(text).__name__}")
    plain = _parsed(text)
    if value.type() != T.Null and ("null" in text or 'Infinity"' in text):
        definition = value.typedef()
        plain = _with_floats(plain, definition.code, definition.members)
    value.assign(plain)


class JSONNumber(int):
    """A number that no field holds. It keeps its text, for the error that names the field."""

    text: str

    @classmethod
    def of(cls, text: str) -> JSONNumber:
        number = cls(-(10**400) if text.startswith("-") else 10**400)
        number.text = text
        return number

    def __repr__(self) -> str:
        return self.text


def _float(text: str) -> float | JSONNumber:
    number = float(text)
    return number if math.isfinite(number) else JSONNumber.of(text)


def _int(text: str) -> int:
    return int(text) if len(text) < 300 else JSONNumber.of(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"the JSON text has the name {twice!r} twice in one object")
    return result


def _parsed(text: str) -> Any:
    def constant(name: str) -> NoReturn:
        place = next(m.start() for m in _STRING_OR_CONSTANT.finditer(text) if m.group() in _CONSTANTS)
        raise json.JSONDecodeError(f"{name} is not JSON: NaN is null, infinities are strings", text, place)

    numbers: dict[str, Any] = {}
    if _MAYBE_TOO_LARGE.search(text):  # functions for all numbers would make each one slow
        numbers = {"parse_float": _float, "parse_int": _int}
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=constant, **numbers)
    except RecursionError:
        raise ValueError("the JSON text is nested too deeply") from None


def _special(item: Any) -> Any:
    return _SPECIAL.get(item, item) if isinstance(item, (str, NoneType)) else item


def _with_floats(plain: Any, code: TypeCode | T, members: Sequence[Member]) -> Any:
    """Put the floats that JSON lacks in place of what stands for them, for a field of that type."""
    if code in _FLOATS:
        return _special(plain)
    if plain is None:
        return None
    if code == T.Union:
        return _in_union(plain, members)
    if code == T.Struct and isinstance(plain, dict):
        return {path: _at(path, item, members) for path, item in plain.items()}
    if isinstance(plain, list):
        if code in _FLOAT_ARRAYS:
            return [_special(item) for item in plain]
        if code == T.StructA:
            return [_with_floats(item, T.Struct, members) for item in plain]
        if code == T.UnionA:
            return [_with_floats(item, T.Union, members) for item in plain]
    return plain


def _at(path: str, plain: Any, members: Sequence[Member]) -> Any:
    member = _found(path, members)
    if member is None:
        return plain  # assigning will say so, or it is inside of an Any
    return _with_floats(plain, member.code.scalar if path.endswith("]") else member.code, member.children)


def _found(path: str, members: Sequence[Member]) -> Member | None:
    """Find "a.b", "union->member" or "rows[0].x" in a type."""
    member = None
    for name in re.findall(r"\w+", re.sub(r"\[\d+\]", "", path)):
        member = next((each for each in members if each.name == name), None)
        if member is None:
            break
        members = member.children
    return member


def _in_union(plain: Any, members: Sequence[Member]) -> Any:
    for member in members:
        if _fits(plain, member):
            return _with_floats(plain, member.code, member.children)
    return plain


def _fits(plain: Any, member: Member) -> bool:
    """Whether a structure, structures or floats, with null among them, are for that member of a union."""
    if isinstance(plain, dict):
        return member.code == T.Struct and all(_found(path, member.children) for path in plain)
    if not isinstance(plain, list):
        return False
    if member.code == T.StructA:
        return any(plain) and all(item is None or isinstance(item, dict) for item in plain)
    return member.code in _FLOAT_ARRAYS and all(
        item in _SPECIAL if isinstance(item, (str, NoneType)) else isinstance(item, (int, float))
        for item in plain
    )
