"""What a service returns: of one type, which its annotation says, whatever it happens to be."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from aiopvxs_core.data import TypeCodeEnum

from ._convert import describe

__all__ = ["result_of"]

_NT_SCALAR_ARRAY = "epics:nt/NTScalarArray:1.0"


def result_of(hint: Any) -> Callable[[object], object]:
    """Return the function that makes, of what a service returned, what the client gets.

    It raises TypeError or a DataError where that is not what the annotation says. An annotation from which
    no type follows is content with anything.
    """
    if hint is type(None):
        return _nothing
    if hint in (int, float, bool, str):
        return partial(_scalar, hint)
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        return result_of(typing.get_args(hint)[0])
    if origin in (typing.Union, types.UnionType):
        others = [each for each in typing.get_args(hint) if each is not type(None)]
        return partial(_maybe, result_of(others[0])) if len(others) == 1 else _anything
    if origin in (list, tuple, Sequence) or _is_ndarray(origin):
        return _array(hint)
    if isinstance(hint, type):
        from aiopvxs_nt.model import is_model_class

        if is_model_class(hint):
            return partial(_model, hint)
    return _anything


def _is_ndarray(origin: Any) -> bool:
    return getattr(origin, "__module__", "") == "numpy" and origin.__name__ == "ndarray"


def _anything(result: object) -> object:
    return result


def _nothing(result: object) -> object:
    if result is not None:
        raise _wrong(result, type(None))
    return None


def _maybe(other: Callable[[object], object], result: object) -> object:
    return None if result is None else other(result)


def _scalar(hint: type, result: object) -> object:
    if type(result) is hint:
        return result
    if type(result).__module__ == "numpy" and getattr(result, "ndim", None) == 0:
        result = result.item()  # type: ignore[attr-defined]
    if hint is float and isinstance(result, int) and not isinstance(result, bool):
        return float(result)
    if hint is int and isinstance(result, bool):
        return int(result)
    if not isinstance(result, hint):
        raise _wrong(result, hint)
    return result


def _model(hint: type, result: object) -> object:
    if not isinstance(result, hint):
        raise _wrong(result, hint)
    return result


def _array(hint: Any) -> Callable[[object], object]:
    """Return what makes an array, empty or not, of the elements that the annotation tells."""
    from aiopvxs_nt.model import dump, model, type_of

    try:
        code = type_of(_holder_of(hint)).create()["value"].type()
    except TypeError:
        return _anything  # no type follows from it
    if code == TypeCodeEnum.AnyA:
        return _anything
    identity = "" if code == TypeCodeEnum.StructA else _NT_SCALAR_ARRAY
    holder = model(id=identity)(_holder_of(hint))

    def make(result: object) -> object:
        if result is None or isinstance(result, str) or not hasattr(result, "__len__"):
            raise _wrong(result, hint)
        return dump(holder(result))

    return make


def _holder_of(hint: Any) -> type[Any]:
    holder = dataclasses.make_dataclass("result", [("value", hint)])
    holder.__module__ = "service"  # Python 3.12 has it be this one, whose classes are no models
    return holder


def _wrong(result: object, hint: Any) -> TypeError:
    return TypeError(f"The service returned {result!r}, which is no {describe(hint)}")
