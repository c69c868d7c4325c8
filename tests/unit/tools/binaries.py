"""The smallest files that are linked with something: ELF of the compiler, Mach-O and PE written here."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def elf(folder: Path, needed: Sequence[str], runpath: str | None, old: bool = False) -> bytes:
    """A shared object that needs these libraries."""
    assert COMPILER is not None
    source = folder / "empty.c"
    source.write_text("int nothing;\n")
    for name in needed:
        command = [COMPILER, "-shared", "-nostdlib", f"-Wl,-soname,{name}", "-o", str(folder / name)]
        subprocess.run([*command, str(source)], check=True)
    options = [] if runpath is None else [f"-Wl,-rpath,{runpath}"]
    options.append("-Wl,--disable-new-dtags" if old else "-Wl,--enable-new-dtags")
    libraries = [f"-l:{name}" for name in needed]
    module = folder / "_core.so"
    command = [COMPILER, "-shared", "-nostdlib", "-o", str(module), str(source), *options]
    subprocess.run([*command, f"-L{folder}", "-Wl,--no-as-needed", *libraries], check=True)
    return module.read_bytes()


def mach_o(needed: Sequence[str], runpath: Sequence[str]) -> bytes:
    """A bundle for 64-bit ARM that has only its load commands."""
    commands = b""
    for number, names in ((0xC, needed), (0x8000001C, runpath)):  # LC_LOAD_DYLIB, LC_RPATH
        for name in names:
            fields = struct.pack("<IIII", 24, 0, 0, 0) if number == 0xC else struct.pack("<I", 12)
            text = name.encode() + b"\0"
            text += b"\0" * (-(8 + len(fields) + len(text)) % 8)
            commands += struct.pack("<II", number, 8 + len(fields) + len(text)) + fields + text
    count = len(needed) + len(runpath)
    return struct.pack("<8I", 0xFEEDFACF, 0x0100000C, 0, 8, count, len(commands), 0, 0) + commands


def pe(needed: Sequence[str]) -> bytes:
    """A DLL for 64-bit x86 that has only a section of imports."""
    base, start = 0x1000, 0x200
    table = 20 * (len(needed) + 1)
    names, descriptors = b"", b""
    for name in needed:
        thunk = (
            base + table + len(names)
        )  # a list of one function, by its number, and the library's name behind it
        descriptors += struct.pack("<5I", thunk, 0, 0, thunk + 16, thunk)
        names += struct.pack("<QQ", 1 << 63 | 1, 0) + name.encode() + b"\0"
    section = (descriptors + b"\0" * 20 + names).ljust(0x400, b"\0")
    dos = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, 1, 0, 0, 0, 240, 0x2022)
    optional = struct.pack("<HBBIIIII", 0x20B, 14, 0, 0, len(section), 0, 0, base)
    optional += struct.pack("<QII6H", 0x180000000, 0x1000, start, 6, 0, 0, 0, 6, 0)
    optional += struct.pack(
        "<IIIIHH4QII", 0, 0x2000, start, 0, 3, 0, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16
    )
    optional += struct.pack("<IIII", 0, 0, base, table).ljust(128, b"\0")
    header = b".idata\0\0" + struct.pack(
        "<IIIIIIHHI", len(section), base, len(section), start, 0, 0, 0, 0, 0xC0000040
    )
    return (dos + coff + optional + header).ljust(start, b"\0") + section
