"""Build the core's wheels of one pvxs line for this system with cibuildwheel, and test each of them.

The pure wheels that the smoke tests need are made first, in pure/; the core's come to wheelhouse/.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from pathlib import Path

import check_wheel
from _dist.platforms import IDENTIFIERS, SYSTEMS

ROOT = Path(__file__).resolve().parent.parent
HERE = {"Linux": "linux", "Darwin": "macos", "Windows": "windows"}
# of the machine that runs Linux; other systems build for all their architectures
ARCHITECTURES = {"x86_64": "x86_64", "AMD64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


def chosen(line: str, system: str, machine: str) -> list[str]:
    """Return what is built for a line on such a machine."""
    found = IDENTIFIERS[line][system]
    if system != "linux":
        return found
    return [name for name in found if name.endswith("_" + ARCHITECTURES[machine])]


def main() -> int:
    parser = argparse.ArgumentParser(description="Build and test the core's wheels of one pvxs line.")
    parser.add_argument("--line", choices=sorted(IDENTIFIERS), default="15")
    parser.add_argument("--system", choices=SYSTEMS, default=HERE[platform.system()])
    parser.add_argument("--print", action="store_true", dest="only_print", help="name the wheels, build none")
    options = parser.parse_args()
    identifiers = chosen(options.line, options.system, platform.machine())
    command = [sys.executable, "-m", "cibuildwheel", "--platform", options.system]
    environment = {**os.environ, "AIOPVXS_PVXS_LINE": options.line, "CIBW_BUILD": " ".join(identifiers)}
    if not identifiers:
        print(f"The pvxslibs of line {options.line} has no wheel for this machine, so nothing is built.")
        return 0
    if options.only_print:
        command.append("--print-build-identifiers")
    else:
        for name in ("aiopvxs-nt", "aiopvxs"):
            build = [sys.executable, "-m", "build", "--wheel", "--outdir", "pure", f"packages/{name}"]
            subprocess.run(build, check=True, cwd=ROOT)
        command += ["--output-dir", "wheelhouse"]
    subprocess.run([*command, "packages/aiopvxs-core"], check=True, cwd=ROOT, env=environment)
    made = [] if options.only_print else sorted((ROOT / "wheelhouse").glob("*.whl"))
    found = [f"{path.name}: {problem}" for path in made for problem in check_wheel.problems(path, True)]
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
