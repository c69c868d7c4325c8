"""The public names of the three packages, and which of them a set of descriptions lacks."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterator

#: What a user may import. The other modules of aiopvxs_core are for the packages above it; what is in the
#: modules of aiopvxs_nt is reached through aiopvxs.nt.
MODULES = (
    "aiopvxs",
    "aiopvxs.client",
    "aiopvxs.data",
    "aiopvxs.nt",
    "aiopvxs.server",
    "aiopvxs.sync",
    "aiopvxs.testing",
    "aiopvxs_core",
    "aiopvxs_core.errors",
    "aiopvxs_core.require",
    "aiopvxs_nt",
)


def public() -> Iterator[str]:
    """Return the full name of each public name, in each module that has it."""
    for module in MODULES:
        for name in importlib.import_module(module).__all__:
            yield f"{module}.{name}"


def resolve(path: str) -> object:
    """Return what a full name stands for: something in a module or in its classes, or a module."""
    parent, _, name = path.rpartition(".")
    if not parent:
        return importlib.import_module(name)
    try:
        return getattr(resolve(parent), name)
    except AttributeError:
        return importlib.import_module(path)


def is_described(path: str, described: Collection[str]) -> bool:
    """Whether a name is among those described, by itself or as the same object under another name."""
    if path in described:
        return True
    wanted = resolve(path)
    name = path.rpartition(".")[2]
    namesakes = (other for other in described if other.rpartition(".")[2] == name)
    return any(resolve(other) is wanted for other in namesakes)
