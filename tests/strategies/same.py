"""Exact comparison of plain values: NaN is NaN, -0.0 is not 0.0, True is not 1."""

from __future__ import annotations

import math

__all__ = ["difference"]


def difference(a: object, b: object, path: str = "") -> str | None:
    """Return where and how two plain values differ, None if they do not."""
    if type(a) is not type(b):
        return f"{path}: {a!r} is not of the type of {b!r}"
    if isinstance(a, dict) and isinstance(b, dict):
        return _of_dicts(a, b, path)
    if isinstance(a, list) and isinstance(b, list):
        return _of_lists(a, b, path)
    if isinstance(a, float) and isinstance(b, float):
        same = math.isnan(a) and math.isnan(b) if a != b else math.copysign(1, a) == math.copysign(1, b)
        return None if same else f"{path}: {a!r} is not {b!r}"
    return None if a == b else f"{path}: {a!r} is not {b!r}"


def _of_dicts(a: dict[str, object], b: dict[str, object], path: str) -> str | None:
    if list(a) != list(b):
        return f"{path}: fields {list(a)} are not {list(b)}"
    return next((found for key in a if (found := difference(a[key], b[key], f"{path}.{key}"))), None)


def _of_lists(a: list[object], b: list[object], path: str) -> str | None:
    if len(a) != len(b):
        return f"{path}: {len(a)} elements are not {len(b)}"
    found = (difference(x, y, f"{path}[{i}]") for i, (x, y) in enumerate(zip(a, b, strict=True)))
    return next((text for text in found if text), None)
