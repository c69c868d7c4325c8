"""What PVXS tells of itself."""

from . import _core

__all__ = ["instance_snapshot"]

instance_snapshot = _core.instance_snapshot
