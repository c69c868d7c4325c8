"""``aiopvxs doctor``: what could be wrong."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from collections.abc import Mapping, Sequence

from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_core.errors import Error
from aiopvxs_nt import NTScalar

from ..client import Context
from ..server import Config, Server, SharedPV
from ._parser import Parser
from ._run import write

__all__ = ["main", "make_parser"]

_PACKAGES = ("aiopvxs", "aiopvxs-nt", "aiopvxs-core", "pvxslibs", "epicscorelibs", "numpy")
_PV = "aiopvxs:doctor"


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser(
        "doctor",
        "Print versions, settings and what is found on the network, and try a server of its own. The exit "
        "code is 1 if something does not work.",
    )
    parser.wait(what="time for each trial")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    return asyncio.run(_doctor(make_parser().read(list(words)).wait))


async def _doctor(seconds: float) -> int:
    _versions()
    _environment()
    good = await _settings()
    good &= await _try("its own server on loopback", Config.isolated(), seconds)
    if good:
        good &= await _try("its own server, as the environment says", None, seconds)
        await _others(seconds)
    write("All is well.\n" if good else "Something does not work: see FAILED above.\n")
    return 0 if good else 1


def _versions() -> None:
    from aiopvxs_core import get_version_str

    write(f"Versions\n  Python {platform.python_version()} on {platform.platform()}\n  {get_version_str()}\n")
    for package in _PACKAGES:
        write(f"  {package} {_version(package)}\n")


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return "is not installed as a package"


def _environment() -> None:
    write("Environment\n")
    names = sorted(name for name in os.environ if name.startswith(("EPICS_PVA", "PVXS_")))
    for name in names:
        write(f"  {name}={os.environ[name]}\n")
    if not names:
        write("  no variable EPICS_PVA… or PVXS_… is set\n")


async def _settings() -> bool:
    what = "Client settings in effect"
    try:
        async with Context() as context:
            _tell(what, context.config)
    except (OSError, ValueError) as exc:
        write(f"{what}\n  FAILED: {exc}\n")
        return False
    return True


def _tell(what: str, settings: Mapping[str, str]) -> None:
    write(f"{what}\n" + "".join(f"  {name}={value}\n" for name, value in settings.items()))


async def _try(what: str, config: Config | None, seconds: float) -> bool:
    """Try to read a PV that is served here; None: server and client follow the environment."""
    pv = f"{_PV}:{os.getpid()}"
    try:
        async with Server({pv: SharedPV(NTScalar(T.Int32), 42)}, config) as server:
            if config is None:
                _tell("Server settings in effect", server.config)
            context = Context() if config is None else Context(server.client_config(), use_env=False)
            async with context:
                found = await context.get(pv, timeout=seconds)
    except (Error, OSError, ValueError) as exc:
        write(f"FAILED: {what}: {exc}\n")
        return False
    right = found.as_int("value") == 42
    write(f"{'ok' if right else 'FAILED'}: {what}, TCP port {server.config.tcp_port}\n")
    return right


async def _others(seconds: float) -> None:
    write("Servers that answer\n")
    sys.stdout.flush()
    count = 0
    async with Context() as context:
        async for found in context.discover(timeout=min(seconds, 2.0)):
            if found.event == "online":
                count += 1
                write(f"  {found.server} ({found.proto})\n")
    if not count:
        write("  none\n")
