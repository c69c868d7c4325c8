"""Compile C++ test programs against the installed pvxslibs.

The flags are asked of the wheels of the running interpreter, as for the core extension: the C++ ABI differs
between wheels of one release. A program is compiled once per source text, flags and pvxs version, and kept in
a cache directory that parallel test runs share.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class CompilerError(RuntimeError):
    """A test program could not be compiled; the text holds what the compiler said."""


def cache_directory() -> Path:
    """Where compiled programs are kept: ``AIOPVXS_PEERS_CACHE``, else a directory of the user's in /tmp."""
    chosen = os.environ.get("AIOPVXS_PEERS_CACHE")
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    path = Path(chosen) if chosen else Path(tempfile.gettempdir()) / f"aiopvxs-peers-{user}"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@cache
def compiler() -> tuple[str, ...]:
    """The C++ compiler: ``CXX``, else the first of the usual names; with ccache where that is installed."""
    chosen = os.environ.get("CXX")
    if chosen:
        return tuple(chosen.split())
    found = next((path for name in ("c++", "g++", "clang++") if (path := shutil.which(name))), None)
    if found is None:
        raise CompilerError(
            "The test programs need a C++17 compiler (c++, g++ or clang++, or CXX names one)."
        )
    ccache = shutil.which("ccache")
    return (ccache, found) if ccache else (found,)


@cache
def flags() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What compiling and what linking against pvxslibs and epicscorelibs need."""
    facts = json.loads(_output([sys.executable, str(Path(__file__).with_name("pvxs_facts.py"))]))
    compiling = [
        "-std=c++17",
        "-O2",
        "-Wall",
        "-Wextra",
        *(f"-D{define}" for define in facts["defines"]),
        f'-DPEERS_PVXS_VERSION="{facts["version"]}"',
        *(f"-isystem{folder}" for folder in facts["includes"]),
    ]
    linking = [*facts["libraries"], *(f"-Wl,-rpath,{folder}" for folder in facts["folders"]), "-pthread"]
    return tuple(compiling), tuple(linking)


def _output(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CompilerError(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout


def program(source: Path, includes: Sequence[Path] = ()) -> Path:
    """Compile ``source`` unless that was done before; return the executable.

    Args:
        source: The C++ file. Headers beside it belong to it.
        includes: Further directories of headers.

    Raises:
        CompilerError: No compiler, or it refused the source.
    """
    compiling, linking = flags()
    folders = [source.parent, *includes]
    command = [*compiler(), *compiling, *(f"-I{folder}" for folder in folders)]
    executable = (
        cache_directory() / f"{source.stem}-{_digest([*command, *linking], [source, *_headers(folders)])}"
    )
    if not executable.exists():
        if executable not in _refused:
            _refused[executable] = _compile([*command, str(source), *linking], executable)
        if _refused[executable]:
            raise CompilerError(_refused[executable])
    return executable


# What the compiler said to programs that it did not take, by executable: each is tried once in a process.
_refused: dict[Path, str] = {}


def _headers(folders: Sequence[Path]) -> list[Path]:
    return sorted(header for folder in folders for header in folder.glob("*.h"))


def _digest(command: Sequence[str], files: Sequence[Path]) -> str:
    digest = hashlib.sha256("\0".join([sys.version, *command]).encode())
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def _compile(command: Sequence[str], executable: Path) -> str:
    """Compile into a name of our own, then rename: another process sees the whole program or none.

    Returns:
        What the compiler said, if it failed; else nothing.
    """
    handle, unfinished = tempfile.mkstemp(prefix=executable.name, dir=executable.parent)
    os.close(handle)
    try:
        done = subprocess.run([*command, "-o", unfinished], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return f"Compiling {executable.name} failed:\n{' '.join(command)}\n{done.stderr}"
        os.chmod(unfinished, 0o700)
        os.replace(unfinished, executable)
        return ""
    finally:
        Path(unfinished).unlink(missing_ok=True)
