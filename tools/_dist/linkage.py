"""What the compiled module of a published wheel may be linked with: pvxs in its place, and the system."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .binary import Links

__all__ = ["linked_pvxs", "problems"]


@dataclass(frozen=True)
class _System:
    neighbour: tuple[str, ...]
    """Where libpvxs is, seen from the module; nothing else may be searched."""
    pvxs: str
    """The library's name, with the version if the name has one."""
    others: str
    """What every machine has that the wheel may be installed on."""


_SYSTEMS = {
    "linux": _System(
        ("$ORIGIN/../pvxslibs/lib",),
        r"libpvxs\.so\.(\d+)\.(\d+)",
        r"lib(stdc\+\+\.so\.6|gcc_s\.so\.1|(c|m)\.so\.6|(dl|rt)\.so\.[12]|pthread\.so\.0)|ld-linux-[\w-]+\.so\.\d",
    ),
    "darwin": _System(
        ("@loader_path/../pvxslibs/lib",),
        r"@rpath/libpvxs\.(\d+)\.(\d+)\.dylib",
        r"/usr/lib/lib(c\+\+|c\+\+abi|System\.B|System)(\.\d)?\.dylib",
    ),
    # pvxslibs itself needs the C++ runtime of the system; one in the wheel would be a second one
    "win32": _System(
        (),
        r"(?i)pvxs\.dll",
        r"(?i)(python3\d+t?|kernel32|ws2_32|msvcp140(_1)?|vcruntime140(_1)?|api-ms-win-crt-[\w-]+)\.dll",
    ),
}


def problems(links: Links) -> Iterator[str]:
    """Yield one sentence for each thing that must not be so; each continues the name of the module."""
    system = _SYSTEMS[links.system]
    if links.old_rpath:
        yield "has an RPATH, where a RUNPATH was asked for."
    foreign = [path for path in links.runpath if path not in system.neighbour]
    if foreign:
        yield f"searches {', '.join(foreign)}, which only the machine that built it is sure to have."
    if set(system.neighbour) - set(links.runpath):
        yield f"does not search {', '.join(system.neighbour)}, so it would not find libpvxs."
    unexpected = [
        name
        for name in sorted(links.needed)
        if not re.fullmatch(system.pvxs, name) and not re.fullmatch(system.others, name)
    ]
    if unexpected:
        yield f"is linked with {', '.join(unexpected)}, which neither the system nor pvxslibs promises."
    if not any(re.fullmatch(system.pvxs, name) for name in links.needed):
        yield "is not linked with libpvxs."


def linked_pvxs(links: Links) -> list[tuple[int, int]]:
    """Return the versions of pvxs it is linked with, as far as the library's name tells one."""
    matches = (re.fullmatch(_SYSTEMS[links.system].pvxs, name) for name in sorted(links.needed))
    return [(int(match[1]), int(match[2])) for match in matches if match and match.re.groups == 2]
