"""Normative types of EPICS: what the fields of a structure mean."""

from . import _compat as _compat
from .ntenum import NTEnum
from .ntscalar import NTScalar

__all__ = ["NTEnum", "NTScalar"]
