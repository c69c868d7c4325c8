"""Check the stubs of the extension against the extension.

mypy.stubtest compares the names, but it cannot see the signature of a pybind11 function. So the signature line
that pybind11 writes into each docstring is compared with the stub as well: the names, kinds and defaults of the
parameters, and the number of overloads.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
MODULE = "aiopvxs_core._core"
STUBS = ROOT / "packages/aiopvxs-core/src/aiopvxs_core/_core"
ALLOWED = ROOT / "tools/stubtest-allowlist.txt"

# per function its overloads, each as "self, name, *, option=..."
Signatures = dict[str, list[str]]


def main() -> int:
    found = list(compare(module_signatures(importlib.import_module(MODULE)), stub_signatures(STUBS)))
    print("\n".join(found) or "The signatures are as the stubs say.")
    command = [sys.executable, "-m", "mypy.stubtest", MODULE, "--allowlist", str(ALLOWED)]
    names = subprocess.run([*command, "--ignore-unused-allowlist"], check=False)
    return 1 if found else names.returncode


def compare(module: Signatures, stubs: Signatures) -> Iterator[str]:
    """Yield one sentence for each function that the two describe differently."""
    for name in sorted(module.keys() | stubs.keys()):
        if name not in stubs:
            if not _is_magic(name):  # __repr__ and its like are in object's stub already
                yield f"{name} is missing in the stubs."
        elif name not in module:
            if not _is_magic(name):
                yield f"{name} is in the stubs only."
        elif _comparable(name, module[name]) != _comparable(name, stubs[name]):
            yield f"{name} is ({') and ('.join(module[name])}), but the stub says ({') and ('.join(stubs[name])})."


def _is_magic(name: str) -> bool:
    last = name.rpartition(".")[2]
    return last.startswith("__") and last.endswith("__")


def _comparable(name: str, overloads: list[str]) -> list[str] | list[int]:
    """Return what has to be equal; the operands of operators have no names that anyone could use."""
    if _is_magic(name) and not name.endswith(".__init__"):
        return [len([part for part in overload.split(", ") if part != "/"]) for overload in overloads]
    return sorted(overloads)


def module_signatures(module: ModuleType) -> Signatures:
    """Read the signatures of a pybind11 module and its submodules from their docstrings."""
    result: Signatures = {}
    for name, value in vars(module).items():
        if inspect.ismodule(value):
            inner = module_signatures(value)
        elif inspect.isclass(value) and value.__module__ == module.__name__:
            inner = {}
            for key, member in vars(value).items():
                function = member.__func__ if isinstance(member, staticmethod) else member
                inner |= _signatures_of(key, function)
        else:
            result |= _signatures_of(name, value)
            continue
        result |= {f"{name}.{key}": value for key, value in inner.items()}
    return result


def _signatures_of(name: str, function: object) -> Signatures:
    lines = (getattr(function, "__doc__", None) or "").splitlines()
    pattern = re.compile(rf"(?:\d+\. )?{re.escape(name)}\((.*)\) -> ")
    if not callable(function) or not lines or not lines[0].startswith(f"{name}("):
        return {}
    if len(lines) > 1 and lines[1] == "Overloaded function.":
        found = [match for line in lines[2:] if line[:1].isdigit() and (match := pattern.match(line))]
    else:
        found = [match for match in [pattern.match(lines[0])] if match]
    return {name: [_normalised(match.group(1)) for match in found]}


def _normalised(parameters: str) -> str:
    """Return the parameters without annotations and with defaults as "..."."""
    parts = [re.match(r"\s*([*\w/]+)", part) for part in _split(parameters)]
    texts = _split(parameters)
    return ", ".join(
        match.group(1) + ("=..." if _has_default(text) else "") for match, text in zip(parts, texts) if match
    )


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
    return [part for part in parts if part.strip()]


def _has_default(parameter: str) -> bool:
    return " = " in parameter or re.match(r"\s*\w+=", parameter) is not None


def stub_signatures(folder: Path) -> Signatures:
    """Read the signatures of a folder of stubs, one file per submodule."""
    result: Signatures = {}
    for path in sorted(folder.glob("*.pyi")):
        prefix = "" if path.stem == "__init__" else f"{path.stem}."
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            for name, function in _functions(node):
                result.setdefault(prefix + name, []).append(_stub_parameters(function.args))
    return result


def _functions(node: ast.stmt) -> Iterator[tuple[str, ast.FunctionDef]]:
    if isinstance(node, ast.FunctionDef):
        decorators = {ast.unparse(decorator) for decorator in node.decorator_list}
        if not any(name == "property" or name.endswith((".setter", ".deleter")) for name in decorators):
            yield node.name, node
    elif isinstance(node, ast.ClassDef):
        for member in node.body:
            yield from ((f"{node.name}.{name}", function) for name, function in _functions(member))


def _stub_parameters(arguments: ast.arguments) -> str:
    positional = [*arguments.posonlyargs, *arguments.args]
    without = len(positional) - len(arguments.defaults)
    parts = [
        argument.arg + ("=..." if index >= without else "") for index, argument in enumerate(positional)
    ]
    if arguments.posonlyargs:
        parts.insert(len(arguments.posonlyargs), "/")
    if arguments.vararg:
        parts.append(f"*{arguments.vararg.arg}")
    elif arguments.kwonlyargs:
        parts.append("*")
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults):
        parts.append(argument.arg + ("=..." if default is not None else ""))
    if arguments.kwarg:
        parts.append(f"**{arguments.kwarg.arg}")
    return ", ".join(parts)


if __name__ == "__main__":
    sys.exit(main())
