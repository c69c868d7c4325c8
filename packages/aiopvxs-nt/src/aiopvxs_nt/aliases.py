"""Annotations behind the names that programs, and numpy, give them with ``type``."""

from __future__ import annotations

import types
import typing
from typing import Any

__all__ = ["without_aliases"]


def without_aliases(annotation: Any) -> Any:
    """Return an annotation in which each alias is replaced by what it stands for.

    These are those of the statement ``type Wave = list[float]``, of ``TypeAliasType``, and ``NDArray`` where
    numpy makes it one. An alias within what it stands for stays there.
    """
    return annotation if type(annotation) is type else _without(annotation, ())


def _without(annotation: Any, inside: tuple[Any, ...]) -> Any:
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    alias = origin if _is_alias(origin) else annotation
    if _is_alias(alias):
        if any(each is alias for each in inside):
            return annotation
        return _without(_meaning(alias, args), (*inside, alias))
    if not args or origin is typing.Literal:
        return annotation
    if origin is typing.Annotated:
        kind, *metadata = args
        return typing.Annotated[(_without(kind, inside), *metadata)]
    inner = tuple(_without(each, inside) for each in args)
    if all(new is old for new, old in zip(inner, args, strict=True)):
        return annotation
    if origin in (typing.Union, types.UnionType):
        return typing.Union[inner]  # noqa: UP007 - these are values
    try:
        return origin[inner]
    except TypeError:  # a Callable, say: no kind of value
        return annotation


def _is_alias(annotation: Any) -> bool:
    return type(annotation).__name__ == "TypeAliasType"


def _meaning(alias: Any, args: tuple[Any, ...]) -> Any:
    value = alias.__value__
    if not args:
        return value
    given = dict(zip(alias.__type_params__, args))  # noqa: B905 - one may have a default
    return value[tuple(given.get(each, each) for each in value.__parameters__)]
