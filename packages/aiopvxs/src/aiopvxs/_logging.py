"""What PVXS logs, as records of Python's logging.

PVXS logs through EPICS errlog, on threads that must not wait for Python. Its messages wait in a queue of the
core; a thread of Python takes them and hands them to the logger of the same name, ``pvxs.client.io`` for one.
Handlers may be slow, and a loop may be stuck, so that no event loop has a part in this.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from fnmatch import fnmatchcase

from aiopvxs_core import log as core

from ._exit import Stage, at_exit

__all__ = ["set_log_level", "start_logging"]

# The loggers of PVXS 1.4 and 1.5. Others work as well, but their level follows no logger of Python.
_NAMES = (
    *("pvxs.client.beacon", "pvxs.client.dup", "pvxs.client.io", "pvxs.client.monitor", "pvxs.client.setup"),
    *("pvxs.config", "pvxs.ev", "pvxs.iface", "pvxs.ioc", "pvxs.loop", "pvxs.mailbox", "pvxs.remote.log"),
    *("pvxs.server.io", "pvxs.server.search", "pvxs.server.setup", "pvxs.server.sharedpv", "pvxs.server.src"),
    *("pvxs.server.staticsource", "pvxs.sock", "pvxs.tcp.io", "pvxs.tcp.setup", "pvxs.timer"),
    *("pvxs.udp.io", "pvxs.udp.setup", "pvxs.util"),
)

_LEVELS = {
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "WARNING": logging.WARNING,
    "ERR": logging.ERROR,
    "ERROR": logging.ERROR,
    "CRIT": logging.CRITICAL,
    "CRITICAL": logging.CRITICAL,
}

# levels of PVXS, most important first, and those of Python
_TO_PYTHON = {
    10: logging.CRITICAL,
    20: logging.ERROR,
    30: logging.WARNING,
    40: logging.INFO,
    50: logging.DEBUG,
}
_SECONDS = 2.0  # how long the end of the process waits for handlers

_lock = threading.Lock()
# held while a handler runs: a child forked meanwhile would find the locks of its file taken for ever
_handing = threading.RLock()
_threads: list[threading.Thread] = []  # one, once there is one


class _FollowedMixin:
    """A logger whose level PVXS follows."""

    def setLevel(self, level: int | str) -> None:
        super().setLevel(level)  # type: ignore[misc]
        _follow()


def set_log_level(name: str, level: int | str) -> None:
    """Set what PVXS logs: ``set_log_level("pvxs.client.*", "DEBUG")``.

    PVXS makes no message below its level (``pvxs::logger_level_set``), and Python's loggers drop what is
    below theirs: both are set. ``logging.getLogger("pvxs.client").setLevel(logging.DEBUG)`` has the same
    effect. Unless told otherwise PVXS logs warnings and errors.

    Args:
        name: of a logger of PVXS and those below it, or a pattern with ``*``.
        level: of ``logging``, or "DEBUG", "INFO", "WARN", "ERR" or "CRIT" as in ``PVXS_LOG``.

    Raises:
        ValueError: a level that is unknown, or an empty name.
    """
    number = _number(level)
    if not name:
        raise ValueError("A logger of PVXS has a name like 'pvxs.client.io' or 'pvxs.*', not an empty one")
    patterns = [name] if "*" in name else [name, f"{name}.*"]
    for pattern in patterns:
        core.set_level(pattern, _to_pvxs(number))  # also for loggers that are not known here
    for each in _NAMES:
        if any(fnmatchcase(each, pattern) for pattern in patterns):
            logging.Logger.setLevel(logging.getLogger(each), number)
    _follow()


def start_logging() -> None:
    """Hand what PVXS logs to Python's loggers. Called before the first Context or Server is made.

    Not at import: it starts EPICS errlog's thread, and a process that has not used PVXS may still fork.
    """
    if _threads:
        return
    with _lock:
        if not _threads and core.start(sys.platform == "win32"):
            thread = threading.Thread(target=_run, name="aiopvxs-log", daemon=True)
            thread.start()
            _threads.append(thread)


def _run() -> None:
    while True:
        messages, lost = core.wait()
        if not messages and not lost:
            return
        for message in messages:
            _hand_over(*message)
        if lost:
            text = "%d messages of PVXS were lost: they came faster than they could be logged"
            logging.getLogger("pvxs").warning(text, lost)


def _hand_over(level: int, name: str, text: str, line: str, time: float) -> None:
    try:
        with _handing:
            _emit(level, name, text, line, time)
    except Exception:  # noqa: BLE001 - a filter's error must not end all logging
        traceback.print_exc()


def _emit(level: int, name: str, text: str, line: str, time: float) -> None:
    logger = logging.getLogger(name)
    number = _TO_PYTHON.get(level, logging.CRITICAL)
    if not logger.isEnabledFor(number):
        return
    if not logger.hasHandlers():  # logging is not set up: the message looks as PVXS made it
        print(line, end="", file=sys.stderr)
        return
    record = logger.makeRecord(name, number, "PVXS", 0, text, (), None)
    record.relativeCreated += (time - record.created) * 1000.0
    record.created = time
    record.msecs = float(int(time % 1.0 * 1000.0))
    logger.handle(record)


def _number(level: int | str) -> int:
    number = _LEVELS.get(level.upper()) if isinstance(level, str) else level
    if number is None:
        raise ValueError(f"{level!r} is no level of a log: {', '.join(_LEVELS)} are, and numbers of logging")
    return number


def _to_pvxs(number: int) -> int:
    return next((pvxs for pvxs, python in _TO_PYTHON.items() if number >= python), 50)


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _follow() -> None:
    """Give each logger of PVXS the level that was set for it, or for one above it, below the root."""
    for name in _NAMES:
        levels = (logging.getLogger(each).level for each in _parents(name))
        core.set_level(name, _to_pvxs(next((level for level in levels if level), logging.WARNING)))


def _adopt(name: str) -> None:
    logger = logging.getLogger(name)
    if not isinstance(logger, _FollowedMixin):
        # of whatever class the program gave to its loggers
        logger.__class__ = type("PvxsLogger", (_FollowedMixin, type(logger)), {})


def _read_environment() -> None:
    """Obey ``PVXS_LOG``, "pvxs.client.*=DEBUG,pvxs.tcp.io=INFO". PVXS leaves that to programs."""
    for item in filter(None, os.environ.get("PVXS_LOG", "").split(",")):
        name, _, level = item.partition("=")
        try:
            set_log_level(name.strip(), level.strip())
        except ValueError as exc:
            logging.getLogger("pvxs").warning("PVXS_LOG: %r is ignored: %s", item, exc)


@at_exit(Stage.log)
def _close() -> None:
    core.stop()
    for thread in _threads:
        thread.join(_SECONDS)


for _name in sorted({parent for name in _NAMES for parent in _parents(name)}):
    _adopt(_name)
if any(logging.getLogger(parent).level for name in _NAMES for parent in _parents(name)):
    _follow()  # set before this module was imported
_read_environment()
if hasattr(os, "register_at_fork"):
    for _each in (_lock, _handing):
        os.register_at_fork(before=_each.acquire, after_in_parent=_each.release, after_in_child=_each.release)
