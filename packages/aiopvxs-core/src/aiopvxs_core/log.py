"""What PVXS logs."""

from . import _core

__all__ = ["set_level", "start", "stop", "wait"]

set_level = _core.log.set_level
start = _core.log.start
stop = _core.log.stop
wait = _core.log.wait
