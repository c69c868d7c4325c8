"""Signatures from the stubs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from .signature import Kind, Parameter, Signature

__all__ = ["read"]


def read(folder: Path) -> dict[str, list[Signature]]:
    """Return the overloads of each function in a folder of stubs, one file per submodule, by dotted name."""
    result: dict[str, list[Signature]] = {}
    for path in sorted(folder.glob("*.pyi")):
        prefix = "" if path.stem == "__init__" else f"{path.stem}."
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            for name, function in _functions(node):
                result.setdefault(prefix + name, []).append(_signature(function.args))
    return result


def _functions(node: ast.stmt) -> Iterator[tuple[str, ast.FunctionDef]]:
    if isinstance(node, ast.FunctionDef):
        decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
        if not any(name == "property" or name.endswith((".setter", ".deleter")) for name in decorators):
            yield node.name, node
    elif isinstance(node, ast.ClassDef):
        for member in node.body:
            yield from ((f"{node.name}.{name}", function) for name, function in _functions(member))


def _signature(arguments: ast.arguments) -> Signature:
    positional = [*arguments.posonlyargs, *arguments.args]
    required = len(positional) - len(arguments.defaults)
    parameters = [
        Parameter(
            argument.arg,
            Kind.POSITIONAL_ONLY if index < len(arguments.posonlyargs) else Kind.EITHER,
            index >= required,
        )
        for index, argument in enumerate(positional)
    ]
    if arguments.vararg:
        parameters.append(Parameter(arguments.vararg.arg, Kind.ARGS, False))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        parameters.append(Parameter(argument.arg, Kind.KEYWORD_ONLY, default is not None))
    if arguments.kwarg:
        parameters.append(Parameter(arguments.kwarg.arg, Kind.KWARGS, False))
    return tuple(parameters)
