"""Running Python with a sanitized core: the compiler's sanitizers, their runtime and their options."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import prerequisites, wheels
from .console import Failure, say

__all__ = ["KINDS", "Kind", "compiler", "main", "run", "runtime"]

_PROBE = "int main() { return 0; }\n"
_SUPPRESSIONS = Path(__file__).with_name("tsan.supp")


@dataclass(frozen=True)
class Kind:
    """Sanitizers that can be in one process together."""

    name: str
    """The one that brings the runtime."""
    flags: str
    """As ``-fsanitize=`` takes them."""
    library: str
    """Its runtime."""
    options: Mapping[str, str]
    """Environment variables: what a finding does is added to them."""


KINDS = {
    "memory": Kind(
        "AddressSanitizer",
        "address,undefined,float-cast-overflow",
        "libasan.so",
        # CPython leaves memory to the end of the process
        {"ASAN_OPTIONS": "detect_leaks=0:strict_init_order=1", "UBSAN_OPTIONS": "print_stacktrace=1"},
    ),
    "threads": Kind(
        "ThreadSanitizer",
        "thread",
        "libtsan.so",
        {"TSAN_OPTIONS": f"suppressions={_SUPPRESSIONS}:second_deadlock_stack=1:history_size=4"},
    ),
}


def main(arguments: list[str]) -> int:
    """Build, install and run; return the exit status of what was run, or 1 if there are findings."""
    kind = KINDS["memory"]
    if arguments[:1] == ["--threads"]:
        kind = KINDS["threads"]
        arguments = arguments[1:]
    try:
        prerequisites.check()
        libraries = runtime(compiler(), kind)
        if libraries is None:
            say(f"SKIPPED: {shlex.join(compiler())} has no {kind.name} here, so nothing was run.")
            return 0
        made = wheels.build(os.environ.get("AIOPVXS_PVXS_LINE") or wheels.LINES[0], kind.flags)
        wheels.install(Path(sys.executable), made, made[0].parents[2] / "install.log")
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    return run([sys.executable, *arguments], libraries, kind)


def run(command: Sequence[str | Path], libraries: Sequence[str], kind: Kind = KINDS["memory"]) -> int:
    """Run a command with the sanitizers' runtime in it, and show what it or its children reported."""
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(os.environ, libraries, kind, Path(folder) / "report")
        status = subprocess.run(command, env=environment, check=False).returncode
        reports = sorted(Path(folder).iterdir())
        for report in reports:
            print(f"\n{report.read_text(errors='replace').rstrip()}", file=sys.stderr)
    if reports:
        print(f"\nThe sanitizers reported something in {len(reports)} processes.", file=sys.stderr)
    return status or int(bool(reports))


def _environment(
    base: Mapping[str, str], libraries: Sequence[str], kind: Kind, report: Path
) -> dict[str, str]:
    """Return an environment in which a finding ends its process, and is kept in a file."""
    common = f"halt_on_error=1:abort_on_error=1:log_path={report}"
    return {
        **base,
        **{name: f"{common}:{options}" for name, options in kind.options.items()},
        # tests that measure memory or depend on speed look at it
        "AIOPVXS_SANITIZED": "1",
        # Python's own allocator would hide what is written past the end of its objects
        "PYTHONMALLOC": "malloc",
        "LD_PRELOAD": " ".join(libraries),
    }


def compiler() -> list[str]:
    """Return the words of the command that compiles; `prerequisites.check()` has found one."""
    candidates = [os.environ["CXX"]] if os.environ.get("CXX") else ["c++", "g++", "clang++"]
    return next(words for words in map(shlex.split, candidates) if words and shutil.which(words[0]))


def runtime(command: Sequence[str], kind: Kind = KINDS["memory"]) -> list[str] | None:
    """Return the libraries to preload; None if this compiler has no such thing, or it does not run here."""
    if sys.platform != "linux" or not _works(command, kind):
        return None
    # the C++ library too: Python does not link it, and the sanitizer looks for __cxa_throw at the start
    found = [_library(command, name) for name in (kind.library, "libstdc++.so")]
    return [str(path) for path in found if path is not None] if all(found) else None


def _works(command: Sequence[str], kind: Kind) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder) / "probe"
        source = program.with_suffix(".cpp")
        source.write_text(_PROBE)
        steps: list[list[str | Path]] = [
            [*command, f"-fsanitize={kind.flags}", source, "-o", program],
            [program],
        ]
        return all(subprocess.run(step, capture_output=True, check=False).returncode == 0 for step in steps)


def _library(command: Sequence[str], name: str) -> Path | None:
    """Return the file that the compiler links by this name."""
    answer = subprocess.run(
        [*command, f"-print-file-name={name}"], capture_output=True, text=True, check=True
    ).stdout.strip()
    # the bare name again says that there is none
    return Path(answer).resolve() if Path(answer).is_absolute() and Path(answer).exists() else None
