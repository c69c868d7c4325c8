"""Where the core has wheels: wherever the pvxslibs of the line has one.

These are the files of pvxslibs 1.5.3 and 1.4.1 on the package index, in the words of cibuildwheel.
"""

from __future__ import annotations

__all__ = ["IDENTIFIERS", "SYSTEMS"]

SYSTEMS = ("linux", "macos", "windows")
_UP_TO_313 = ("cp310", "cp311", "cp312", "cp313")


def _identifiers(pythons: tuple[str, ...], *platforms: str) -> list[str]:
    return [f"{python}-{platform}" for platform in platforms for python in pythons]


IDENTIFIERS: dict[str, dict[str, list[str]]] = {
    "15": {
        "linux": [*_identifiers((*_UP_TO_313, "cp314"), "manylinux_x86_64"), "cp314-manylinux_aarch64"],
        "macos": _identifiers((*_UP_TO_313, "cp314"), "macosx_universal2"),
        "windows": _identifiers((*_UP_TO_313, "cp314"), "win_amd64"),
    },
    "14": {
        "linux": _identifiers(_UP_TO_313, "manylinux_x86_64"),
        "macos": _identifiers(_UP_TO_313, "macosx_universal2"),
        "windows": _identifiers(_UP_TO_313, "win_amd64"),
    },
}
