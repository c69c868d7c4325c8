"""Whatever may be assigned: honest, wrong, or hostile."""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import fractions
import sys
import types
from random import Random
from typing import Any

from aiopvxs_core.data import TypeCode, Value

from .arrays import array_like, numpy_scalar
from .hostile import Mischief, hostile_class, meddling_items
from .kinds import CODES, type_def

__all__ = ["thing"]


class _Odd(enum.Enum):
    ONE = 1
    TEXT = "a"
    LIST = (1, 2)
    NONE = None


class _SelfEnum(enum.Enum):
    A = 1

    @property
    def value(self) -> Any:
        return self


_NUMBERS: list[Any] = [
    0, 1, -1, 2, 127, 128, 255, 256, -128, -129, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, 10**5000,
    -(10**5000), True, False, 0.0, -0.0, 1.0, 1.5, 1e39, 1e308, float("nan"), float("inf"), 5e-324, 1j,
    decimal.Decimal("1e400"), decimal.Decimal("nan"), fractions.Fraction(1, 3),
]  # fmt: skip
_TEXTS: list[Any] = [
    "", "a", "12", "0x10", "0x", "-", "1e400", "nan", "inf", "1_0", "\0", "a\0b", "\ud800", "\udcff",
    "\U0001f44b", "x" * 10_000, "9" * 5000, "true", b"", b"a", b"\xff\0", bytearray(b"a"),
]  # fmt: skip
_OTHERS: list[Any] = [
    None, Ellipsis, NotImplemented, object, int, float, str, bool, type, sys, object(), len, lambda: 1,
    _Odd.ONE, _Odd.TEXT, _Odd.LIST, _Odd.NONE, _Odd, _SelfEnum.A, range(3), range(2**70), slice(1),
    datetime.datetime(2020, 1, 1), Value(), *CODES,
]  # fmt: skip


def thing(rng: Random, mischief: Mischief, names: list[str], values: list[Value], depth: int = 0) -> Any:
    """Return anything.

    Args:
        rng: of the round.
        mischief: what hostile objects do.
        names: of fields, to be keys of dicts and members of unions.
        values: to be given themselves, or fields of them.
        depth: how deep in a container it is.
    """
    what = rng.randrange(20)
    if what < 4:
        return rng.choice(_NUMBERS)
    if what < 6:
        return rng.choice(_TEXTS)
    if what < 8:
        return rng.choice(_OTHERS)
    if what < 9:
        return numpy_scalar(rng)
    if what < 11:
        return array_like(rng)
    if what < 13:
        return hostile_class(mischief)
    if what < 15 and values:
        return _value(rng, names, values)
    if depth > 3:
        return _endless(rng, names)
    return _container(rng, mischief, names, values, depth)


def _value(rng: Random, names: list[str], values: list[Value]) -> Any:
    value = rng.choice(values)
    if rng.randrange(2) and names:
        return value.get(rng.choice(names))
    return rng.choice([value, value.clone(), type_def(rng).create(), value.typedef(), value.type()])


def _endless(rng: Random, names: list[str]) -> Any:
    """Return a container that is in itself, or nested deeper than the stack is."""
    name = rng.choice(names or ["a"])
    what = rng.randrange(4)
    made: Any
    if what == 0:
        made = [1]
        made.append(made)
        return made
    if what == 1:
        made = {}
        made[name] = made
        return made
    made = 1
    for _ in range(rng.choice([50, 500, 20_000])):
        made = [made] if what == 2 else {name.split(".")[0]: made}
    return made


def _container(rng: Random, mischief: Mischief, names: list[str], values: list[Value], depth: int) -> Any:
    def inner() -> Any:
        return thing(rng, mischief, names, values, depth + 1)

    items = [inner() for _ in range(rng.randint(0, 3))]
    what = rng.randrange(9)
    if what < 2:
        _let_meddle(mischief, items)
        return items
    if what == 2:
        return tuple(items)
    if what == 3:
        return (rng.choice([*names, *CODES, TypeCode(rng.choice(CODES)), type_def(rng)]), inner())
    if what == 4:
        return rng.choice([iter(items), collections.deque(items), meddling_items(mischief), {1: 2}.items()])
    if what == 5:
        return items * rng.choice([1, 50])
    made: Any = {rng.choice(names or ["a"]) if rng.randrange(8) else _key(rng): item for item in items}
    if what == 6:
        return types.MappingProxyType(made)
    _let_meddle(mischief, made)
    return made


def _key(rng: Random) -> Any:
    return rng.choice([1, None, "", "\ud800", "nope", b"a", ("a",), 1.5, "a.", "a->b"])


def _let_meddle(mischief: Mischief, container: Any) -> None:
    """Let hostile objects change the container that they are in."""
    mischief.acts.append(container.clear)
    if isinstance(container, list):
        mischief.acts.append(lambda: container.append(container))
    else:
        mischief.acts.append(lambda: container.update({"a": 1, "b": container, 5: 6}))
