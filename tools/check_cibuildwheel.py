"""Check that cibuildwheel builds the core exactly where pvxslibs has wheels, and excludes its libraries."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from _dist.platforms import IDENTIFIERS, SYSTEMS
from _dist.repair import command

ROOT = Path(__file__).resolve().parent.parent
ARCHITECTURES = {"linux": "x86_64,aarch64", "macos": "universal2", "windows": "AMD64"}
KEPT_OUT = {
    "linux": ("libpvxs.so.*", "libCom.so.*", "libevent*.so.*"),
    "macos": ("libpvxs", "libCom", "libevent"),
    "windows": ("pvxs.dll", "Com.dll", "event_core.dll"),
}


def identifiers(system: str, build: str | None = None) -> list[str]:
    """Return what cibuildwheel would build on that system."""
    program = [sys.executable, "-m", "cibuildwheel", "--platform", system, "--archs", ARCHITECTURES[system]]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CIBW_")}
    return subprocess.run(
        [*program, "--print-build-identifiers", "packages/aiopvxs-core"],
        cwd=ROOT,
        env=environment if build is None else {**environment, "CIBW_BUILD": build},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()


def problems() -> Iterator[str]:
    """Yield one sentence for each thing that does not agree."""
    for system in SYSTEMS:
        wanted = {line: IDENTIFIERS[line][system] for line in IDENTIFIERS}
        alone = identifiers(system)
        if sorted(alone) != sorted(wanted["15"]):
            yield f"On {system}, pyproject.toml alone builds {' '.join(alone)}, not what pvxslibs 1.5 has."
        for line, names in wanted.items():
            built = identifiers(system, " ".join(names))
            if sorted(built) != sorted(names):
                yield f"On {system}, line {line} builds {' '.join(built)}, not {' '.join(names)}."
        words = command(ROOT, system)
        missing = [name for name in KEPT_OUT[system] if not any(name in word.split(";") for word in words)]
        if missing:
            yield f"On {system}, {words[0]} does not exclude {', '.join(missing)}."


def main() -> int:
    found = list(problems())
    print("\n".join(found) or "cibuildwheel builds what pvxslibs has, and leaves its libraries there.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
