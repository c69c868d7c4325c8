"""What a PVXS peer can receive."""

from __future__ import annotations

from ._core.data import _check_depth as check_depth

__all__ = ["check_depth"]
