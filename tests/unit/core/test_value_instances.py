"""Value as a Python class: references, weak references, derived classes, objects never initialised."""

from __future__ import annotations

import gc
import sys
import weakref

import numpy as np
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


SPARE = TypeDef(
    T.Struct,
    [
        Member(T.Int32, "number"),
        Member(T.String, "text"),
        Member(T.Float64A, "data"),
        Member(T.StringA, "texts"),
        Member(T.Struct, "inner", [Member(T.Bool, "flag")]),
    ],
)
FULL = {"number": 5, "text": "text", "data": [1.0, 2.0], "texts": ["a"], "inner": {"flag": True}}


def test_a_value_in_the_storage_of_another_is_empty() -> None:
    empty = SPARE.create()
    for _ in range(20):
        value = SPARE.create()
        assert value == empty
        assert value.changed() == set()
        assert not value.is_marked()
        value.assign(FULL)
        value.mark()
        del value


def test_storage_that_somebody_holds_is_no_other_values() -> None:
    value = SPARE.create()
    value.assign(FULL)
    view, leaf, array = value.inner, value["number"], value.as_array("data")
    copy, texts = value.clone(), value.items()
    del value
    for _ in range(20):
        other = SPARE.create()
        other.assign({"number": 6, "data": [3.0], "inner.flag": False})
        assert (view.flag, leaf, array.tolist(), texts[1][1]) == (True, 5, [1.0, 2.0], "text")
        del other
    assert copy.as_dict() == FULL
    del leaf, texts, view
    assert SPARE.create().as_dict()["number"] == 0
    assert array.tolist() == [1.0, 2.0]


def test_values_of_one_type_alive_together_are_apart() -> None:
    values = [SPARE.create() for _ in range(50)]
    for round_ in range(3):
        for number, value in enumerate(values):
            value["number"] = number
        assert [value.as_int("number") for value in values] == list(range(50))
        values[round_::2] = [SPARE.create() for _ in values[round_::2]]


def test_what_a_dropped_value_held_is_released() -> None:
    source = np.frombuffer(bytes(800))
    released = weakref.ref(source)
    value = SPARE.create()
    value["data"] = source
    assert value.as_array("data").ctypes.data == source.ctypes.data
    del source
    assert released() is not None
    del value
    SPARE.create()["data"] = [1.0]  # which also lets go of what was given back
    assert released() is None
