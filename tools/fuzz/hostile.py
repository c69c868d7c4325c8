"""Python objects that raise, lie, or change what they are being assigned to."""

from __future__ import annotations

import collections
import contextlib
import enum
import gc
import types
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

__all__ = ["Meddler", "Mischief", "Own", "hostile_class"]


class Own(Exception):
    """What the objects raise of their own."""


_RAISED: list[Callable[[], BaseException]] = [
    lambda: Own("mine"),
    lambda: TypeError("mine"),
    lambda: ValueError("mine"),
    lambda: OverflowError("mine"),
    lambda: AttributeError("mine"),
    lambda: KeyError("mine"),
    lambda: IndexError("mine"),
    lambda: RuntimeError("mine"),
    lambda: MemoryError("mine"),
    lambda: BufferError("mine"),
    lambda: SystemError("mine"),
    lambda: RecursionError("mine"),
    lambda: KeyboardInterrupt("mine"),
]


class Mischief:
    """What the objects of one round do when they are asked for something.

    Attributes:
        acts: what changes the value or the containers meanwhile.
        raised: the exceptions that the objects raised.
        meddled: whether anything was changed by them.
    """

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.acts: list[Callable[[], object]] = [gc.collect]
        self.raised: list[BaseException] = []
        self.meddled = False
        self._busy = False

    def happen(self) -> None:
        """Raise, or change something, or do nothing."""
        what = self.rng.randrange(8)
        if what == 0:
            error = self.rng.choice(_RAISED)()
            self.raised.append(error)
            raise error
        if what < 4 and not self._busy:
            self._busy = True
            self.meddled = True
            with contextlib.suppress(Exception):  # it is what it leaves behind that matters
                self.rng.choice(self.acts)()
            self._busy = False

    def answer(self, *honest: Any) -> Any:
        """Return one of these, now and then something of quite another type."""
        lies: list[Any] = [None, -1, 2**70, "x", b"x", 1.5, [], {}, (), object(), self, 10**5000]
        return self.rng.choice(lies) if self.rng.randrange(4) == 0 else self.rng.choice(honest)


class Meddler:
    """Base of the hostile classes: answers with mischief."""

    def __init__(self, mischief: Mischief) -> None:
        self._mischief = mischief

    def _ask(self, *honest: Any) -> Any:
        self._mischief.happen()
        return self._mischief.answer(*honest)


def _method(*honest: Any) -> Callable[..., Any]:
    def method(self: Any, *_: Any, **__: Any) -> Any:
        return self._ask(*honest)

    return method


def _array(self: Any, *_: Any, **__: Any) -> Any:
    import numpy as np

    return self._ask(np.arange(3), np.zeros((2, 2)), np.array(1), np.array([1, "x"], object), self)


def _iterate(self: Any) -> Any:
    return self._ask(iter([1, 2]), iter([self]), iter({"a": 1}))


_METHODS: dict[str, Any] = {
    "__index__": _method(0, 1, 255, 2**63),
    "__int__": _method(0, 1),
    "__float__": _method(0.0, 1e300, float("nan")),
    "__bool__": _method(True, False),
    "__complex__": _method(1j),
    "__str__": _method("a", "\ud800"),
    "__repr__": _method("a", "x" * 1000, "\ud800"),
    "__bytes__": _method(b"a"),
    "__hash__": _method(0, 1),
    "__eq__": _method(True, False),
    "__len__": _method(0, 2, 5, 10_000, 2**62, -1),
    "__getitem__": _method(0, "a", 1.5),
    "__iter__": _iterate,
    "__next__": _method(1, 2),
    "__contains__": _method(True),
    "__array__": _array,
    "keys": _method(["a"], ["a", "value"], ["nope"], "ab"),
    "items": _method([("a", 1)], [("a",)], {"a": 1}.items()),
    "values": _method([1]),
    "tolist": _method([1, 2], 5),
    "item": _method(1, 1.5),
    "filled": _method([1, 2]),
}
_ATTRIBUTES: dict[str, tuple[Any, ...]] = {
    "__class__": (int, str, dict, list, float, tuple, bool, enum.Enum),
    "dtype": ("i4", "f8", int, types.SimpleNamespace(kind="i", str="<i4", name="int32", num=5)),
    "shape": ((3,), (), (2, 2), (2**70,)),
    "ndim": (1, 0, 2, -1),
    "size": (3, -1),
    "mask": (True, False, [True]),
    "value": (1, "a"),
    "name": ("a",),
    "code": (1, 0x2A),
    "__array_interface__": ({}, {"shape": (3,), "typestr": "<i4", "version": 3, "data": (0, True)}),
    "__float__": (None, 3),
    "__index__": (None, 3),
}
_BASES: list[tuple[type, tuple[Any, ...]]] = [
    (object, ()),
    (object, ()),
    (int, (0, 5, 300, 2**70)),
    (float, (1.5, float("inf"))),
    (str, ("a", "12", "\ud800")),
    (bytes, (b"a", b"\xff")),
    (list, ([1, 2], ["a"], [])),
    (tuple, ((1, 2), ("a", 1))),
    (dict, ({"a": 1}, {"nope": 1}, {})),
    (collections.UserDict, ({"a": 1},)),
    (collections.UserList, ([1, 2],)),
    (collections.deque, ([1, 2],)),
    (collections.OrderedDict, ({"a": 1},)),
    (bytearray, (b"ab",)),
    (complex, (1j,)),
    (set, ({1},)),
]


def hostile_class(mischief: Mischief) -> Any:
    """Return an object of a class made for it, with some of the protocols of Python, badly kept."""
    rng = mischief.rng
    base, contents = rng.choice(_BASES)
    body: dict[str, Any] = {"_ask": Meddler._ask, "_mischief": mischief}
    for name in rng.sample(list(_METHODS), rng.randint(0, 5)):
        body[name] = _METHODS[name]
    for name in rng.sample(list(_ATTRIBUTES), rng.randint(0, 2)):
        if rng.randrange(2):
            body[name] = rng.choice(_ATTRIBUTES[name])
        else:
            body[name] = property(_method(*_ATTRIBUTES[name]))
    kinds = (Mapping,) if base is object and rng.randrange(6) == 0 else (base,)
    if Mapping in kinds:
        body.setdefault("__getitem__", _METHODS["__getitem__"])
        body.setdefault("__iter__", _iterate)
        body.setdefault("__len__", _METHODS["__len__"])
    made = types.new_class("Hostile", kinds, exec_body=lambda namespace: namespace.update(body))
    if base is object:
        return made()
    return made(rng.choice(contents))


def meddling_items(mischief: Mischief) -> Iterator[Any]:
    """Yield a few numbers, with mischief between."""
    for number in range(3):
        mischief.happen()
        yield number
