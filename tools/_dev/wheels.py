"""Wheels of the three packages for one interpreter and one pvxs line, built once and kept in .dev/.

A folder per interpreter and line holds the environment that builds, CMake's build tree, the wheels, and for
each package the hash of the sources that its wheel was built from. So a second run builds nothing, and a
change in one C++ file compiles that file only. A core with sanitizers has a folder of its own for each kind.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from . import prerequisites
from .console import Failure, run, say
from .locking import locked
from .places import PACKAGES, ROOT, STATE, python_of

__all__ = ["build", "install", "main"]

LINES = ("15", "14")
_VARIABLE = "AIOPVXS_PVXS_LINE"
_SKIPPED = {"build", "dist", "__pycache__"}
# prints what pip would put into an isolated build environment
_REQUIREMENTS = """
import sys, build
builder = build.ProjectBuilder(sys.argv[1])
every = sys.argv[2] == "backend"
print(*builder.build_system_requires, *(builder.get_requires_for_build("wheel") if every else ()), sep="\\n")
"""


def build(line: str, sanitize: str = "") -> list[Path]:
    """Return the wheels of the three packages, for the running interpreter, in order of dependency.

    Args:
        line: of pvxs.
        sanitize: sanitizers for the core, as the compiler's ``-fsanitize=`` takes them; none if empty.
    """
    folder = STATE / f"{sys.implementation.cache_tag}-pvxs{line}{_suffix(sanitize)}"
    with locked(STATE / f"{folder.name}.lock"):
        _discard_foreign(folder)
        return [_build_package(name, folder, line, sanitize) for name in PACKAGES]


def _suffix(sanitize: str) -> str:
    return f"-{sanitize.partition(',')[0]}-sanitized" if sanitize else ""


def install(python: Path, wheels: list[Path], log: Path) -> None:
    """Install wheels and what they depend on; a rebuilt wheel of the same version replaces the old one."""
    pip = _pip(python)
    run(f"install the dependencies into {_shown(python.parent.parent)}", [*pip, *wheels], log=log)
    run("install the wheels", [*pip, "--force-reinstall", "--no-deps", *wheels], log=log)


def _pip(python: Path) -> list[str | Path]:
    return [python, "-m", "pip", "install", "--disable-pip-version-check"]


def _discard_foreign(folder: Path) -> None:
    """Empty the folder if another interpreter of the same tag made it: paths of that one are in it."""
    identity = f"{sys.version}\n{sys.base_prefix}\n{sysconfig.get_platform()}\n{ROOT}\n"
    record = folder / "interpreter"
    if not record.exists() or record.read_text(encoding="utf-8") != identity:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        record.write_text(identity, encoding="utf-8")


def _build_package(name: str, folder: Path, line: str, sanitize: str) -> Path:
    wheels = folder / "wheels" / name
    stamp = folder / f"{name}.sha256"
    digest = _digest(ROOT / "packages" / name) + sanitize
    made = list(wheels.glob("*.whl"))
    if len(made) == 1 and stamp.exists() and stamp.read_text() == digest:
        return made[0]
    if name == "aiopvxs-core":
        prerequisites.check()
    stamp.unlink(missing_ok=True)
    shutil.rmtree(wheels, ignore_errors=True)
    _run_build(name, folder, line, wheels, sanitize)
    stamp.write_text(digest)
    (wheel,) = wheels.glob("*.whl")
    return wheel


def _run_build(name: str, folder: Path, line: str, wheels: Path, sanitize: str) -> None:
    log = folder / "build.log"
    environment = {**os.environ, _VARIABLE: line}
    source = ROOT / "packages" / name
    python = _build_environment(folder, log)
    for stage in ("project", "backend"):  # the second are only known once the first are there
        requirements = subprocess.run(
            [python, "-c", _REQUIREMENTS, source, stage],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if requirements.returncode != 0:
            raise Failure(f"The build requirements of {name} could not be read; the reason is above.")
        run(
            f"install what building {name} needs ({stage})",
            [*_pip(python), *requirements.stdout.splitlines()],
            log=log,
        )
    options = _core_options(folder, sanitize) if name == "aiopvxs-core" else []
    run(
        f"build {name} for {sys.implementation.cache_tag}, pvxs line {line}",
        [python, "-m", "build", "--wheel", "--no-isolation", "--outdir", wheels, *options, source],
        log=log,
        env=environment,
    )


def _core_options(folder: Path, sanitize: str) -> list[str]:
    settings = [f"build-dir={folder / 'cmake'}"]
    if sanitize:  # with pybind11's own assertions; optimised a little, for -O0 takes several times as long
        settings += ["cmake.build-type=Debug", "cmake.define.CMAKE_CXX_FLAGS_DEBUG=-O1 -g"]
        settings += [f"cmake.define.AIOPVXS_SANITIZE={sanitize}"]
    return [part for setting in settings for part in ("-C", setting)]


def _build_environment(folder: Path, log: Path) -> Path:
    """Return the interpreter of the environment that builds, made at the first call."""
    environment = folder / "env"
    python = python_of(environment)
    ready = folder / "env.ready"
    if not ready.exists():
        run("make the build environment", [sys.executable, "-m", "venv", "--clear", environment], log=log)
        run("install the build front end", [*_pip(python), "build"], log=log)
        ready.touch()
    return python


def _digest(source: Path) -> str:
    digest = hashlib.sha256()
    for path in _files(source):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(source).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name not in _SKIPPED and not path.name.startswith("."):
                yield from _files(path)
        elif not path.name.endswith((".pyc", ".so", ".pyd")):
            yield path


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def main() -> int:
    """Run the command line of tools/wheels.py."""
    parser = argparse.ArgumentParser(description="Build the wheels of the packages for this interpreter.")
    parser.add_argument("--line", choices=LINES, default=os.environ.get(_VARIABLE) or LINES[0])
    parser.add_argument("--install", action="store_true", help="install them into this environment")
    options = parser.parse_args()
    try:
        made = build(options.line)
        if options.install:
            install(Path(sys.executable), made, made[0].parents[2] / "install.log")
    except Failure as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1
    say("\n".join(_shown(wheel) for wheel in made))
    return 0
