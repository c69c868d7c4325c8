"""One random operation on a value."""

from __future__ import annotations

import copy
import operator
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

from aiopvxs_core.data import Member, TypeCode, TypeDef, Value

from .hostile import Mischief
from .kinds import CODES, names_of, structure
from .objects import thing
from .paths import path

__all__ = ["Scene", "assignment", "look"]


class Scene:
    """A value, and what the operations on it draw from."""

    def __init__(self, rng: Random, definition: TypeDef) -> None:
        self.rng = rng
        self.mischief = Mischief(rng)
        self.names = names_of(definition)
        self.value = definition.create()
        self.other = definition.create()
        self._let_meddle()

    @classmethod
    def of_seed(cls, seed: int) -> Scene:
        """Return the scene of the round of that seed."""
        rng = Random(seed)
        return cls(rng, structure(rng))

    def thing(self) -> Any:
        """Return anything that may be assigned."""
        return thing(self.rng, self.mischief, self.names, [self.value, self.other])

    def path(self) -> str:
        """Return a path, that exists or not."""
        return path(self.rng, self.names)

    def _let_meddle(self) -> None:
        value, rng = self.value, self.rng
        simple: list[Any] = [None, 1, "a", [], [1], ["a"], {}, [None], 1.5]

        def assign() -> None:
            value[rng.choice(self.names or ["a"])] = rng.choice(simple)

        def select() -> None:
            value[rng.choice(self.names or ["a"])] = (rng.choice(["a", "b", "c"]), rng.choice(simple))

        def replace() -> None:
            value.assign(self.other)

        self.mischief.acts += [assign, assign, select, replace, value.unmark, value.mark, lambda: str(value)]


class Assignment(NamedTuple):
    """An assignment that is ready to be made."""

    what: str
    run: Callable[[], object]


def assignment(scene: Scene) -> Assignment:
    """Return an assignment of anything to anything."""
    rng, value, given = scene.rng, scene.value, scene.thing()
    where = scene.path()
    what = rng.randrange(8)
    if what < 3:
        return Assignment(f"value[{where!r}] = …", lambda: value.__setitem__(where, given))
    if what == 3:
        return Assignment("value.assign(…)", lambda: value.assign(given))
    if what == 4:
        others = {scene.path(): scene.thing() for _ in range(rng.randint(0, 2))}
        return Assignment(f"value.assign({{{where!r}: …}})", lambda: value.assign({**others, where: given}))
    if what == 5:
        return Assignment(f"setattr(value, {where!r}, …)", lambda: setattr(value, where, given))
    if what == 6:
        return Assignment(f"value.get({where!r}).assign(…)", lambda: _found(value, where).assign(given))
    return Assignment("select()", lambda: _select(value, where, rng.choice(["a", "b", "value", given])))


def _found(value: Value, where: str) -> Value:
    found = value.get(where)
    return value if found is None else found


def _select(value: Value, where: str, member: Any) -> None:
    found = value.get(where)
    select = getattr(found, "select", None) if found is not None else None
    if callable(select):
        select(member)


_READERS = ["as_bool", "as_int", "as_float", "as_string", "as_list", "as_array", "as_py", "as_dict"]
_LISTS = ["as_int_list", "as_float_list", "as_string_list"]
_WHOLE: list[Callable[[Value], object]] = [
    str, repr, list, len, bool, dir, copy.copy, copy.deepcopy, Value.clone, Value.cloneEmpty,
    Value.as_dict, Value.keys, Value.values, Value.items, Value.changed, Value.typedef, Value.unmark,
    Value.mark, float, int, hash, operator.index, iter, abs, round, format,
    lambda value: value.as_dict(arrays="numpy", only_marked=True),
    lambda value: TypeDef.from_value(value).create() == value, lambda value: value == value.clone(),
]  # fmt: skip


def look(scene: Scene) -> Assignment:
    """Return something that reads, looks up or marks, or makes types."""
    rng, value, where, given = scene.rng, scene.value, scene.path(), scene.thing()
    what = rng.randrange(10)
    if what == 0:
        return Assignment(f"value[{where!r}]", lambda: _whole(rng, value[where]))
    if what == 1:
        return Assignment(f"value.get({where!r})", lambda: value.get(where, given))
    if what == 2:
        return Assignment(f"{where!r} in value", lambda: (where in value, given in value))
    if what == 3:
        name = rng.choice(_READERS + _LISTS)
        return Assignment(f"value.{name}({where!r})", lambda: getattr(value, name)(where))
    if what == 4:
        name = rng.choice(["mark", "unmark", "is_marked"])
        return Assignment(f"value.{name}({where!r})", lambda: getattr(value, name)(where))
    if what == 5:
        return Assignment(f"getattr(value, {where!r})", lambda: getattr(value, where))
    if what == 6:
        return Assignment(f"value.get({where!r})[…]", lambda: _found(value, where)[given])
    if what == 7:
        return Assignment(f"value.get({where!r}) == …", lambda: _found(value, where) == given)
    if what == 8:
        return Assignment("a type of …", lambda: _types(rng, where, given))
    return Assignment("the whole", lambda: _whole(rng, value))


def _whole(rng: Random, value: Value) -> None:
    rng.choice(_WHOLE)(value)


def _types(rng: Random, name: str, given: Any) -> None:
    code = rng.choice(CODES)
    makers: list[Callable[[], object]] = [
        lambda: TypeCode(given),
        lambda: Member(given, name),
        lambda: Member(code, name, given),
        lambda: Member(code, given),
        lambda: TypeDef(code, given),
        lambda: TypeDef(given),
        lambda: TypeDef(code, (), given),
        lambda: TypeDef(code) + given,
        lambda: TypeDef(code).member(name, given),
        lambda: TypeDef.from_value(given),
        lambda: getattr(TypeDef, "from_py", TypeDef)(given),
    ]
    rng.choice(makers)()
