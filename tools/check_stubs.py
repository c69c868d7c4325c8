"""Check the stubs of the extension against the extension.

mypy.stubtest compares the names, but it cannot see the signature of a pybind11 function. So the signature
line that pybind11 writes into each docstring is compared with the stub as well: the names, kinds and
defaults of the parameters, and the overloads.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from _stubs import docstrings, pyi
from _stubs.signature import Signature, describes, text

ROOT = Path(__file__).resolve().parent.parent
MODULE = "aiopvxs_core._core"
STUBS = ROOT / "packages/aiopvxs-core/src/aiopvxs_core/_core"
ALLOWED = ROOT / "tools/stubtest-allowlist.txt"

Signatures = dict[str, list[Signature]]


def compare(module: Signatures, stubs: Signatures) -> Iterator[str]:
    """Yield one sentence for each function that the two describe differently."""
    for name in sorted(module.keys() | stubs.keys()):
        operator = _is_operator(name)
        if name not in stubs or name not in module:
            if not operator:  # __repr__ and its like are in object's stub already
                yield f"{name} is missing in {'the stubs' if name not in stubs else 'the module'}."
        elif operator:  # the operands of operators have no names that anyone could use
            if max(map(len, module[name])) != max(map(len, stubs[name])):
                yield f"{name} takes another number of operands than its stub says."
        elif not describes(stubs[name], module[name]):
            yield f"{name} is {_shown(module[name])}, but the stub says {_shown(stubs[name])}."


def _is_operator(name: str) -> bool:
    last = name.rpartition(".")[2]
    return last.startswith("__") and last.endswith("__") and last != "__init__"


def _shown(overloads: list[Signature]) -> str:
    return " and ".join(map(text, overloads))


def main() -> int:
    found = list(compare(docstrings.read(importlib.import_module(MODULE)), pyi.read(STUBS)))
    print("\n".join(found) or "The signatures are as the stubs say.")
    command = [sys.executable, "-m", "mypy.stubtest", MODULE, "--allowlist", str(ALLOWED)]
    names = subprocess.run([*command, "--ignore-unused-allowlist"], check=False)
    return 1 if found else names.returncode


if __name__ == "__main__":
    sys.exit(main())
