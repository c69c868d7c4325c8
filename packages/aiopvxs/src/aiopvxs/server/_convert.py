"""What a service is asked with, by its annotations."""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

__all__ = ["describe", "from_query", "hints_of"]


def hints_of(annotated: Any) -> dict[str, Any]:
    """Return the annotations of a function or class, without the names that a program gives them."""
    from aiopvxs_nt.aliases import without_aliases

    return {name: without_aliases(hint) for name, hint in typing.get_type_hints(annotated).items()}


def describe(hint: Any) -> str:
    """Return an annotation as clients are told it."""
    if hint is type(None):
        return "None"
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return " | ".join(repr(member.name) for member in hint)
    if isinstance(hint, type) and not typing.get_args(hint):
        return hint.__name__
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return " | ".join(map(describe, typing.get_args(hint)))
    return str(hint).replace("typing.", "").replace("NoneType", "None")


def from_query(given: object, hint: Any) -> Any:
    """Return what was sent, as the annotation wants it. Nothing is lost: 3.5 is no int.

    Clients that know no types send text: "3" is a number where one is wanted.

    Raises:
        TypeError, ValueError: it is not of that kind; the text says so, after "the argument is".
    """
    if hint is Any or hint is object:
        return given
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return from_query(given, args[0])
    if origin in (typing.Union, types.UnionType):
        return _one_of(given, hint, args)
    if origin is Literal:
        return _literal(given, args)
    if isinstance(origin, type) and issubclass(origin, Sequence):
        element = args[0] if args else Any
        if not isinstance(given, list):
            raise TypeError(f"no list: {given!r}")
        items = [from_query(each, element) for each in given]
        return tuple(items) if origin is tuple else items
    plain = origin if isinstance(origin, type) else hint
    return _plain(given, plain) if isinstance(plain, type) else given


def _one_of(given: object, hint: Any, args: tuple[Any, ...]) -> Any:
    exact = [each for each in args if isinstance(each, type) and type(given) is each]
    for each in (*exact, *args):
        if each is type(None):
            continue
        try:
            return from_query(given, each)
        except (TypeError, ValueError):
            continue
    raise TypeError(f"no {describe(hint)}: {given!r}")


def _literal(given: object, args: tuple[Any, ...]) -> Any:
    for each in args:
        if given == each or (isinstance(given, str) and given == str(each)):
            return each
    raise ValueError(f"none of {', '.join(map(repr, args))}: {given!r}")


def _plain(given: object, hint: type) -> Any:
    if issubclass(hint, enum.Enum):
        return _member(given, hint)
    converter = _CONVERTERS.get(hint)
    if converter is not None:
        return converter(given)
    if hint.__name__ == "ndarray":
        import numpy as np

        if not isinstance(given, list):
            raise TypeError(f"no array: {given!r}")
        return np.asarray(given)
    if dataclasses.is_dataclass(hint):
        return _dataclass(given, hint)
    if hasattr(hint, "__struct_fields__") or hasattr(hint, "__pydantic_validator__"):
        return _validated(given, hint)
    if isinstance(given, hint):
        return given
    raise TypeError(f"no {hint.__name__}: {given!r}")


def _member(given: object, hint: type[enum.Enum]) -> enum.Enum:
    if isinstance(given, str) and given in hint.__members__:
        return hint[given]
    try:
        return hint(given)
    except ValueError:
        raise ValueError(f"none of {describe(hint)}: {given!r}") from None


def _dataclass(given: object, hint: type) -> Any:
    if not isinstance(given, Mapping):
        raise TypeError(f"no structure: {given!r}")
    hints = hints_of(hint)
    fields = {field.name: field for field in dataclasses.fields(hint) if field.init}
    if unknown := [name for name in given if name not in fields]:
        raise ValueError(f"a structure with unknown fields {', '.join(unknown)}")
    try:
        return hint(**{name: from_query(each, hints.get(name, Any)) for name, each in given.items()})
    except TypeError as error:
        raise TypeError(f"no {hint.__name__}: {error}") from None


def _validated(given: object, hint: Any) -> Any:
    """Return a model of pydantic or msgspec, by their own checks."""
    if hasattr(hint, "model_validate"):
        try:
            return hint.model_validate(given)
        except ValueError as error:
            problems: list[Any] = getattr(error, "errors", list)()
            told = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in problems]
            raise ValueError(f"no {hint.__name__}: {'; '.join(told) or error}") from None
    import msgspec

    try:
        return msgspec.convert(given, hint, strict=False)
    except msgspec.ValidationError as error:
        raise ValueError(f"no {hint.__name__}: {error}") from None


def _int(given: object) -> int:
    if isinstance(given, str):
        try:
            return int(given, 0)
        except ValueError:
            raise ValueError(f"no int: {given!r}") from None
    if isinstance(given, float) and given.is_integer():
        return int(given)
    if isinstance(given, int):
        return int(given)
    raise TypeError(f"no int: {given!r}")


def _float(given: object) -> float:
    if isinstance(given, str):
        try:
            return float(given)
        except ValueError:
            raise ValueError(f"no float: {given!r}") from None
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return float(given)
    raise TypeError(f"no float: {given!r}")


def _bool(given: object) -> bool:
    if isinstance(given, str) and given.lower() in ("true", "false"):
        return given.lower() == "true"
    if isinstance(given, int) and given in (0, 1):
        return bool(given)
    if isinstance(given, str) and given in ("0", "1"):
        return given == "1"
    raise TypeError(f"no bool: {given!r}")


def _str(given: object) -> str:
    if isinstance(given, str):
        return given
    raise TypeError(f"no str: {given!r}")


def _dict(given: object) -> dict[str, object]:
    if isinstance(given, Mapping):
        return dict(given)
    raise TypeError(f"no structure: {given!r}")


def _list(given: object) -> list[object]:
    if isinstance(given, list):
        return given
    raise TypeError(f"no list: {given!r}")


_CONVERTERS: dict[type, Callable[[object], Any]] = {
    int: _int,
    float: _float,
    bool: _bool,
    str: _str,
    dict: _dict,
    list: _list,
}
