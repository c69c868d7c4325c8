"""Parameters of a function, as far as a caller sees them, and what it means that a stub describes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

__all__ = ["Kind", "Parameter", "Signature", "describes", "text"]


class Kind(Enum):
    """How an argument is given."""

    POSITIONAL_ONLY = "/"
    EITHER = ""
    KEYWORD_ONLY = "*"
    ARGS = "*args"
    KWARGS = "**kwargs"


@dataclass(frozen=True)
class Parameter:
    """One parameter; of its default only whether there is one."""

    name: str
    kind: Kind
    optional: bool


Signature = tuple[Parameter, ...]


def describes(stub: list[Signature], module: list[Signature]) -> bool:
    """Tell whether the stub's signatures are those of the module.

    One function of the module may be several overloads in the stub, which tell apart what the types of its
    arguments do; then each overload has to be a way to call it, and together they have to name all
    parameters.
    """
    if sorted(map(text, stub)) == sorted(map(text, module)):
        return True
    if len(stub) <= len(module):
        return False
    return all(any(_is_call_of(overload, whole) for whole in module) for overload in stub) and all(
        {parameter.name for parameter in whole}
        == {parameter.name for overload in stub if _is_call_of(overload, whole) for parameter in overload}
        for whole in module
    )


def _is_call_of(overload: Signature, whole: Signature) -> bool:
    """Tell whether all that the overload allows is allowed by the whole, and nothing needed is left out."""
    positions = {parameter.name: index for index, parameter in enumerate(whole)}
    named = {parameter.name for parameter in overload}
    if not all(parameter.optional or parameter.name in named for parameter in whole):
        return False
    for index, parameter in enumerate(overload):
        found = whole[positions[parameter.name]] if parameter.name in positions else None
        if found is None or (parameter.optional and not found.optional):
            return False
        if parameter.kind is Kind.KEYWORD_ONLY:
            if found.kind not in (Kind.KEYWORD_ONLY, Kind.EITHER):
                return False
        elif found.kind is not parameter.kind or positions[parameter.name] != index:
            return False
    return True


def text(signature: Iterable[Parameter]) -> str:
    """Return the parameters as Python writes them, without annotations."""
    parts: list[str] = []
    previous = None
    for parameter in signature:
        if previous is Kind.POSITIONAL_ONLY and parameter.kind is not previous:
            parts.append("/")
        if parameter.kind is Kind.KEYWORD_ONLY and previous not in (Kind.KEYWORD_ONLY, Kind.ARGS):
            parts.append("*")
        stars = {Kind.ARGS: "*", Kind.KWARGS: "**"}.get(parameter.kind, "")
        parts.append(stars + parameter.name + ("=..." if parameter.optional else ""))
        previous = parameter.kind
    if previous is Kind.POSITIONAL_ONLY:
        parts.append("/")
    return f"({', '.join(parts)})"
