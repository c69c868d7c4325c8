"""Signatures from docstrings: from the line that pybind11 puts first, or as Python's C API keeps them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from types import MethodDescriptorType, ModuleType

from .signature import Kind, Parameter, Signature

__all__ = ["read"]

_PARAMETER = re.compile(r"(\*{0,2})(\w+)(?:: .*?)?( = .*|=.*)?", re.DOTALL)


def read(module: ModuleType) -> dict[str, list[Signature]]:
    """Return the overloads of each function of a module, its submodules and classes, by dotted name."""
    result: dict[str, list[Signature]] = {}
    for name, value in vars(module).items():
        if inspect.ismodule(value):
            inner = read(value)
        elif inspect.isclass(value) and value.__module__ == module.__name__:
            members = ((key, getattr(member, "__func__", member)) for key, member in vars(value).items())
            inner = {key: found for key, member in members if (found := _overloads(key, member))}
            if value.__text_signature__ is not None:
                inner["__init__"] = [(Parameter("self", Kind.EITHER, False), *_kept(value))]
        elif found := _overloads(name, value):
            result[name] = found
            continue
        else:
            continue
        result |= {f"{name}.{key}": signatures for key, signatures in inner.items()}
    return result


def _overloads(name: str, function: object) -> list[Signature]:
    if isinstance(function, MethodDescriptorType) and getattr(function, "__text_signature__", None):
        return [_kept(function)]
    lines = (getattr(function, "__doc__", None) or "").splitlines()
    if not callable(function) or not lines or not lines[0].startswith(f"{name}("):
        return []
    if lines[1:2] == ["Overloaded function."]:
        lines = [line for line in lines if line[:1].isdigit()]
    else:
        del lines[1:]
    pattern = re.compile(rf"(?:\d+\. )?{re.escape(name)}\((.*)\) -> ")
    return [_signature(match.group(1)) for match in map(pattern.match, lines) if match]


def _kept(function: Callable[..., object]) -> Signature:
    kinds = {
        inspect.Parameter.POSITIONAL_ONLY: Kind.POSITIONAL_ONLY,
        inspect.Parameter.POSITIONAL_OR_KEYWORD: Kind.EITHER,
        inspect.Parameter.KEYWORD_ONLY: Kind.KEYWORD_ONLY,
        inspect.Parameter.VAR_POSITIONAL: Kind.ARGS,
        inspect.Parameter.VAR_KEYWORD: Kind.KWARGS,
    }
    parameters = [
        Parameter(each.name, kinds[each.kind], each.default is not each.empty)
        for each in inspect.signature(function).parameters.values()
    ]
    if parameters and (len(parameters) == 1 or parameters[1].kind is not Kind.POSITIONAL_ONLY):
        # stubs do not say of `self` alone that it has no name
        parameters[0] = Parameter(parameters[0].name, Kind.EITHER, parameters[0].optional)
    return tuple(parameters)


def _signature(inside: str) -> Signature:
    parameters: list[Parameter] = []
    kind = Kind.EITHER
    for piece in _split(inside):
        if piece == "/":
            parameters = [Parameter(p.name, Kind.POSITIONAL_ONLY, p.optional) for p in parameters]
        elif piece == "*":
            kind = Kind.KEYWORD_ONLY
        else:
            match = _PARAMETER.fullmatch(piece)
            if match is None:
                raise ValueError(f"{piece!r} is not a parameter as pybind11 writes them.")
            stars, name, default = match.groups()
            this = {"*": Kind.ARGS, "**": Kind.KWARGS}.get(stars, kind)
            parameters.append(Parameter(name, this, default is not None))
            if this is Kind.ARGS:
                kind = Kind.KEYWORD_ONLY
    return tuple(parameters)


def _split(text: str) -> list[str]:
    """Split at the commas outside brackets and quotes."""
    parts, depth, quote = [""], 0, ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character in "([{<":
            depth += 1
        elif character in ")]}>":
            depth -= 1
        if character == "," and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts if part.strip()]
