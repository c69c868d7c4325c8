"""Say why the extension cannot be imported, in place of a bare linker message.

Imported only once the import has failed, so what is slow (importlib.metadata) costs nothing otherwise.
"""

from __future__ import annotations

import platform
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, requires, version

__all__ = ["explain"]

_DISTRIBUTION = "aiopvxs-core"


def explain(error: BaseException) -> str:
    """Return the message of the ImportError: what is here, what is needed, and the command that mends it.

    Args:
        error: what importing libpvxs or the extension raised.
    """
    found = _version("pvxslibs")
    needed = _needed()
    cause, command = _cause(found, needed, error)
    return "\n".join(
        [
            f"aiopvxs-core cannot be imported: {cause}",
            f"  interpreter: {sys.implementation.name} {platform.python_version()} ({sys.executable})",
            f"  platform:    {sysconfig.get_platform()}",
            f"  aiopvxs-core {_version(_DISTRIBUTION) or 'not installed'}",
            f"  pvxslibs     {found or 'not installed'}, needed: {needed or 'unknown'}",
            f"  error:       {type(error).__name__}: {error}",
            f"This usually mends it:  {sys.executable} -m pip install {command}",
        ]
    )


def _version(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def _needed() -> str | None:
    """Return the requirement of the installed core on pvxslibs; None in a tree that was never installed."""
    try:
        lines = requires(_DISTRIBUTION) or []
    except PackageNotFoundError:
        return None
    return next((line.partition(";")[0].strip() for line in lines if line.startswith("pvxslibs")), None)


def _cause(found: str | None, needed: str | None, error: BaseException) -> tuple[str, str]:
    """Return the likely cause as a sentence, and the arguments of ``pip install``."""
    core = _version(_DISTRIBUTION)
    if core is None or needed is None:
        return "it is not installed in this environment.", _DISTRIBUTION
    if found is None:
        return "pvxslibs, which holds the PVXS library, is not installed.", f'"{needed}"'
    if not _fits(found, needed):
        keep = f'To keep that one, install the core for it: pip install {_DISTRIBUTION} "pvxslibs=={found}".'
        return f"pvxslibs {found} is not of the line it was built for. {keep}", f'"{needed}"'
    again = f"--force-reinstall --no-deps {_DISTRIBUTION}=={core}"
    # without the extension, the folder of its stubs is imported as an empty package of that name
    if isinstance(error, ImportError) and error.name == f"{__package__}._core" and error.path is None:
        cause = "its extension module for this version of Python is missing; it was built for another."
        return cause, again
    cause = (
        "its extension module and the installed pvxslibs do not fit together; usually one of the two was "
        "built for another Python, with another C++ ABI, or is damaged."
    )
    return cause, f'{again} "{needed}"'


def _fits(found: str, needed: str) -> bool:
    """Compare by release numbers; both sides are of the simple form that cmake/pvxs_line.py writes."""
    bounds = needed.removeprefix("pvxslibs").replace(" ", "").split(",")
    oldest = next((bound[2:] for bound in bounds if bound.startswith(">=")), "0")
    newest = next((bound[1:] for bound in bounds if bound.startswith("<")), "9999")
    return _release(oldest) <= _release(found) < _release(newest)


def _release(text: str) -> tuple[int, ...]:
    parts: list[int] = []
    for part in text.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        parts.append(int(digits))
        if digits != part:
            break
    return tuple(parts)
