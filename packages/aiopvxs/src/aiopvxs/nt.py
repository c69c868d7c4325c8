"""Normative types: what the fields of a structure mean."""

from aiopvxs_nt import NTEnum, NTScalar

__all__ = ["NTEnum", "NTScalar"]
