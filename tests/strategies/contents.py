"""What a value of a given type can hold: as it is assigned, and as it is then read."""

from __future__ import annotations

from typing import Any, NamedTuple

from hypothesis import strategies as st

from aiopvxs_core.data import Member, TypeDef
from aiopvxs_core.data import TypeCodeEnum as T

from .scalars import ARRAY_OF, SCALARS, scalar_contents
from .types import type_defs

__all__ = ["Content", "any_contents", "contents"]

Type = TypeDef | Member


class Content(NamedTuple):
    """Plain Python to assign, and what as_py() then gives."""

    given: Any
    read: Any


_NOTHING = Content(None, None)


def _children(kind: Type) -> tuple[Member, ...]:
    return kind.members if isinstance(kind, TypeDef) else kind.children


def contents(kind: Type, depth: int = 1) -> st.SearchStrategy[Content]:
    """Return contents of a field of that type; of a structure, some or all of its fields are given."""
    code = kind.code.code
    if code in SCALARS or code in ARRAY_OF:
        return scalar_contents(code).map(lambda x: Content(x, x))
    if code == T.Struct:
        return _structures(kind, depth)
    if code == T.Union:
        return st.one_of(st.just(_NOTHING), _unions(kind, depth))
    if code == T.Any:
        return any_contents(depth)
    element: st.SearchStrategy[Content]
    if code == T.AnyA:
        element = any_contents(depth)
    elif code == T.UnionA:
        element = _unions(kind, depth)
    else:
        element = _structures(kind, depth)
    return st.lists(st.one_of(element, st.just(_NOTHING)), max_size=3).map(_list)


def _list(elements: list[Content]) -> Content:
    return Content([element.given for element in elements], [element.read for element in elements])


@st.composite
def _structures(draw: st.DrawFn, kind: Type, depth: int) -> Content:
    given, read = {}, {}
    some = draw(st.booleans())
    for child in _children(kind):
        if some and draw(st.booleans()):
            read[child.name] = _default(child)
        else:
            given[child.name], read[child.name] = draw(contents(child, depth + 1))
    return Content(given, read)


@st.composite
def _unions(draw: st.DrawFn, kind: Type, depth: int) -> Content:
    member = draw(st.sampled_from(_children(kind)))
    inner = draw(contents(member, depth + 1))
    return Content((member.name, inner.given), inner.read)


@st.composite
def any_contents(draw: st.DrawFn, depth: int = 1) -> Content:
    """Draw contents of an Any: nothing, or (type, plain Python)."""
    kind = draw(st.one_of(st.none(), st.sampled_from([*SCALARS, *ARRAY_OF]), type_defs(min(depth + 2, 5))))
    if kind is None:
        return _NOTHING
    definition = kind if isinstance(kind, TypeDef) else TypeDef(kind)
    if definition.code == T.Any:
        return _NOTHING  # an Any does not hold an Any, but what that holds
    inner = draw(contents(definition, depth + 2))
    return Content((kind, inner.given), inner.read)


def _default(kind: Type) -> Any:
    code = kind.code.code
    if code in SCALARS:
        return SCALARS[code].default
    if code == T.Struct:
        return {child.name: _default(child) for child in _children(kind)}
    return None if code in {T.Union, T.Any} else []
