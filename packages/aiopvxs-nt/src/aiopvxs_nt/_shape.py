"""What the fields of a normative type have to be: rules that say in words what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from aiopvxs_core.data import Member, TypeCode, TypeCodeEnum, TypeCodeLike, TypeDef, Value

from ._code import is_primitive

__all__ = ["COMMON", "Rule", "Shaped", "any_or_union", "broken", "optional", "required", "scalars"]

Shaped = Value | TypeDef
Test = Callable[[Member], str | None]


@dataclass(frozen=True)
class Rule:
    """One field: its name, and a test that returns what is wrong with its type."""

    field: str
    test: Test
    required: bool = True
    #: required by the specification, but left out by servers that are in use
    lenient: bool = False


def required(field: str, *tests: Test | TypeCodeEnum, lenient: bool = False) -> Rule:
    """Make the rule of a field that has to be there: it passes one of the tests."""
    return Rule(field, _one_of(tests), lenient=lenient)


def optional(field: str, *tests: Test | TypeCodeEnum) -> Rule:
    """Make the rule of a field that may be left out."""
    return Rule(field, _one_of(tests), required=False)


def broken(rules: Sequence[Rule], shape: Shaped, *, lenient: bool) -> str | None:
    """Return the first rule that a structure breaks, in words; None if it breaks none."""
    definition = shape.typedef() if isinstance(shape, Value) else shape
    if not isinstance(definition, TypeDef):
        raise TypeError(f"a Value or a TypeDef has fields, a {type(shape).__name__} has not")
    return _broken(tuple(rules), definition, lenient)


@lru_cache(maxsize=1024)
def _broken(rules: tuple[Rule, ...], definition: TypeDef, lenient: bool) -> str | None:
    if definition.code != TypeCodeEnum.Struct:
        return f"it is a {definition.code.name()}, not a structure"
    members = {member.name: member for member in definition.members}
    for rule in rules:
        member = members.get(rule.field)
        if member is None:
            if rule.required and not (rule.lenient and lenient):
                return f"the field {rule.field!r} is missing"
        elif wrong := rule.test(member):
            return f"the field {rule.field!r} {wrong}"
    return None


def _one_of(tests: Sequence[Test | TypeCodeEnum]) -> Test:
    made = [_code(test) if isinstance(test, TypeCodeEnum) else test for test in tests]
    if len(made) == 1:
        return made[0]

    def test(member: Member) -> str | None:
        wrong = [text for each in made if (text := each(member))]
        return " and ".join(wrong) if len(wrong) == len(made) else None

    return test


def _code(code: TypeCodeEnum) -> Test:
    def test(member: Member) -> str | None:
        return None if member.code == code else f"is {_name(member.code)}, not {_name(code)}"

    return test


def scalars(*, array: bool | None = None) -> Test:
    """Make the test for a bool, number or string; for an array of these; or for either."""
    what = "an array of bool, numbers or strings" if array else "a bool, number or string"
    if array is None:
        what = f"{what}, or an array of these"

    def test(member: Member) -> str | None:
        if is_primitive(member.code) and array in (None, member.code.is_array):
            return None
        return f"is {_name(member.code)}, not {what}"

    return test


def any_or_union(*, array: bool = False) -> Test:
    """Make the test for an Any or a union, whatever is in it, or arrays of these."""
    codes = (TypeCodeEnum.AnyA, TypeCodeEnum.UnionA) if array else (TypeCodeEnum.Any, TypeCodeEnum.Union)

    def test(member: Member) -> str | None:
        return None if member.code in codes else f"is {_name(member.code)}, not {_name(codes[0])} or a union"

    return test


def struct(*rules: Rule, array: bool = False) -> Test:
    """Make the test for a structure, or an array of structures, with these fields."""
    code = TypeCodeEnum.StructA if array else TypeCodeEnum.Struct

    def test(member: Member) -> str | None:
        if member.code != code:
            return f"is {_name(member.code)}, not {_name(code)}"
        wrong = _broken(rules, TypeDef(TypeCodeEnum.Struct, member.children), False)
        return f"is wrong: {wrong}" if wrong else None

    return test


def columns(member: Member) -> str | None:
    """Test for a structure of nothing but arrays of scalars."""
    if member.code != TypeCodeEnum.Struct:
        return f"is {_name(member.code)}, not struct"
    for child in member.children:
        if not child.code.is_array or not is_primitive(child.code):
            return (
                f"has a column {child.name!r} that is {_name(child.code)}, not an array of bool, "
                "numbers or strings"
            )
    return None


def _name(code: TypeCodeLike) -> str:
    return TypeCode(code).name()


_T = TypeCodeEnum
ALARM = struct(required("severity", _T.Int32), required("status", _T.Int32), required("message", _T.String))
TIME = struct(
    required("secondsPastEpoch", _T.Int64), required("nanoseconds", _T.Int32), optional("userTag", _T.Int32)
)
ENUM = struct(required("index", _T.Int32), required("choices", _T.StringA))


def _one_number(member: Member) -> str | None:
    wrong = is_primitive(member.code) and not member.code.is_array and member.code != _T.String
    return None if wrong else f"is {_name(member.code)}, not a number"


#: what may be in the display of any type; limits may be missing
DISPLAY = struct(
    optional("limitLow", _one_number),
    optional("limitHigh", _one_number),
    optional("description", _T.String),
    optional("units", _T.String),
    optional("precision", _T.Int32),
    optional("form", ENUM),
)
CONTROL = struct(
    required("limitLow", _one_number), required("limitHigh", _one_number), optional("minStep", _one_number)
)
VALUE_ALARM = struct(
    required("active", _T.Bool),
    *(
        required(f"{side}Limit", _one_number)
        for side in ("lowAlarm", "lowWarning", "highWarning", "highAlarm")
    ),
    *(
        required(f"{side}Severity", _T.Int32)
        for side in ("lowAlarm", "lowWarning", "highWarning", "highAlarm")
    ),
    optional("hysteresis", _one_number),
)
#: what all normative types may have
COMMON = (optional("descriptor", _T.String), optional("alarm", ALARM), optional("timeStamp", TIME))
