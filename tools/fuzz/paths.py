"""Hostile paths."""

from __future__ import annotations

from random import Random

__all__ = ["path"]

_PARTS = [
    ".", "->", "-", ">", "[", "]", "[0]", "[1]", "[-1]", "[9]", "[99999999999999999999]",
    "[18446744073709551615]", "[4294967296]", "[0x0]", "[ 0]", "[]", "[a]", "[[", "]]", "[0", "<", "<<",
    "a", "b", "c", "value", "type", "0", "1", " ", "\0", "\N{MICRO SIGN}", "\U0001f44b", "\ud800",
    "\udcff", "\n", "%s", "''", '"', "\\", "..", "->->", "__class__", "union", "any",
]  # fmt: skip


class _Text(str):
    """A str that lies about what it is."""

    __slots__ = ()

    def __str__(self) -> str:
        return "a"

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return True


def path(rng: Random, names: list[str]) -> str:
    """Return a path that exists, one that nearly does, or none at all."""
    what = rng.randrange(10)
    text = rng.choice(names) if names else "a"
    if what < 5:
        return text
    if what == 5:
        at = rng.randint(0, len(text))
        return text[:at] + rng.choice(_PARTS) + text[at:]
    if what == 6:
        return text + rng.choice(_PARTS) + rng.choice(names or ["a"])
    if what == 7:
        return "".join(rng.choice(_PARTS) for _ in range(rng.randint(0, 6)))
    if what == 8:
        return rng.choice(_PARTS) * rng.choice([1, 100, 5000]) + text
    return _Text(text)
