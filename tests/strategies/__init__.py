"""Hypothesis strategies for types and values of PVAccess, and how a run of them is sized."""

from __future__ import annotations

from .contents import Content, any_contents, contents
from .fields import Spoilt, leaf_paths, spoilt
from .profile import examples
from .pvxs import gettable
from .same import difference
from .scalars import SCALARS, Scalar, scalar_contents
from .types import ARRAYS, structures, type_defs

__all__ = [
    "ARRAYS",
    "SCALARS",
    "Content",
    "Scalar",
    "Spoilt",
    "any_contents",
    "contents",
    "difference",
    "examples",
    "gettable",
    "leaf_paths",
    "scalar_contents",
    "spoilt",
    "structures",
    "type_defs",
]
