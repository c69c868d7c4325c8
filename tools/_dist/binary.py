"""What a compiled module is linked with, on any system, read from the file itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Links", "read"]


@dataclass(frozen=True)
class Links:
    """The libraries that the loader has to find, and where it looks first."""

    system: str
    """``linux``, ``darwin`` or ``win32``, as sys.platform has it."""
    needed: frozenset[str]
    runpath: tuple[str, ...] = ()
    old_rpath: bool = False
    """Whether it is an RPATH, which LD_LIBRARY_PATH cannot override."""


def read(path: Path) -> Links:
    """Read an ELF, Mach-O or PE file.

    Raises:
        ValueError: it is none of these.
    """
    with path.open("rb") as file:
        magic = file.read(4)
    if magic == b"\x7fELF":
        return _elf(path)
    if magic in {b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe"}:
        return _mach_o(path)
    if magic[:2] == b"MZ":
        return _pe(path)
    raise ValueError(f"{path.name} is not a compiled module")


def _elf(path: Path) -> Links:
    from elftools.elf.dynamic import DynamicSection
    from elftools.elf.elffile import ELFFile

    with path.open("rb") as file:
        section = ELFFile(file).get_section_by_name(".dynamic")
        if not isinstance(section, DynamicSection):
            raise ValueError(f"{path.name} is linked with nothing")
        tags: list[Any] = list(section.iter_tags())
        needed = frozenset(tag.needed for tag in tags if tag.entry.d_tag == "DT_NEEDED")
        runpaths = [tag.runpath for tag in tags if tag.entry.d_tag == "DT_RUNPATH"]
        rpaths = [tag.rpath for tag in tags if tag.entry.d_tag == "DT_RPATH"]
    entries = tuple(entry for value in [*runpaths, *rpaths] for entry in value.split(":"))
    return Links("linux", needed, entries, bool(rpaths))


def _mach_o(path: Path) -> Links:
    from macholib.mach_o import LC_LOAD_DYLIB, LC_LOAD_WEAK_DYLIB, LC_REEXPORT_DYLIB, LC_RPATH
    from macholib.MachO import MachO

    needed: set[str] = set()
    runpath: dict[str, None] = {}
    for header in MachO(str(path)).headers:  # one for each architecture
        for command, _, data in header.commands:
            if command.cmd in {LC_LOAD_DYLIB, LC_LOAD_WEAK_DYLIB, LC_REEXPORT_DYLIB}:
                needed.add(data.rstrip(b"\0").decode())
            elif command.cmd == LC_RPATH:
                runpath[data.rstrip(b"\0").decode()] = None
    return Links("darwin", frozenset(needed), tuple(runpath))


def _pe(path: Path) -> Links:
    import pefile

    with pefile.PE(str(path), fast_load=True) as module:
        names = ("IMAGE_DIRECTORY_ENTRY_IMPORT", "IMAGE_DIRECTORY_ENTRY_DELAY_IMPORT")
        module.parse_data_directories([pefile.DIRECTORY_ENTRY[name] for name in names])
        entries = [
            *getattr(module, "DIRECTORY_ENTRY_IMPORT", ()),
            *getattr(module, "DIRECTORY_ENTRY_DELAY_IMPORT", ()),
        ]
        return Links("win32", frozenset(entry.dll.decode() for entry in entries))
