"""Make the sdist of aiopvxs-core for one pvxs line, which it carries from then on.

The line is the last component of the version; a build from the sdist reads it from PKG-INFO.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(description="Make the sdist of aiopvxs-core for one pvxs line.")
    parser.add_argument("--line", choices=("14", "15"), required=True)
    parser.add_argument("--outdir", type=Path, default=ROOT / "dist")
    options = parser.parse_args()
    command = [sys.executable, "-m", "build", "--sdist", "--outdir", str(options.outdir)]
    return subprocess.run(
        [*command, str(ROOT / "packages" / "aiopvxs-core")],
        env={**os.environ, "AIOPVXS_PVXS_LINE": options.line},
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
