"""Value as a Python class: references, weak references, derived classes, objects never initialised."""

from __future__ import annotations

import gc
import sys
import weakref

import pytest

from aiopvxs_core.data import Member, TypeDef, Value
from aiopvxs_core.data import TypeCodeEnum as T

TYPE = TypeDef(T.Struct, [Member(T.Int32, "a"), Member(T.Struct, "s", [Member(T.Int32, "b")])])


class Derived(Value):
    """A class of the user's."""

    extra = 3


class Two(Value, TypeDef):
    """Derives from two bound classes."""


def test_objects_are_freed() -> None:
    value = TYPE.create()
    before = sys.getrefcount(Value)
    views = [value["a"], value.s, value["s.b"], value.clone(), *value, TYPE.create(), Value()]
    assert sys.getrefcount(Value) == before + len(views)
    views.clear()
    assert sys.getrefcount(Value) == before


def test_weak_references() -> None:
    value = TYPE.create()
    references = [weakref.ref(value), weakref.ref(view := value["a"]), weakref.ref(made := Value())]
    assert [each() is not None for each in references] == [True] * 3
    del value, view, made
    gc.collect()
    assert [each() for each in references] == [None] * 3


def test_a_view_outlives_its_value() -> None:
    value = TYPE.create()
    view = value["s"]
    value["s.b"] = 5
    del value
    gc.collect()
    assert view["b"] == 5


def test_derived_classes() -> None:
    derived = Derived()
    assert derived.type() == T.Null
    assert derived.extra == 3
    assert isinstance(derived, Value)
    before = sys.getrefcount(Derived)
    del derived
    assert sys.getrefcount(Derived) == before - 1


@pytest.mark.parametrize("cls", [Value, Derived])
def test_what_was_never_initialised(cls: type[Value]) -> None:
    value = cls.__new__(cls)
    for use in (
        lambda: value["a"],
        lambda: value.a,
        lambda: setattr(value, "a", 1),
        lambda: value.__setitem__("a", 1),
        lambda: value.as_dict(),
        lambda: bool(value),
        lambda: TYPE.create().assign(value),
    ):
        with pytest.raises(TypeError):
            use()
