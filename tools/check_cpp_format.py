"""Check that the C++ sources are as clang-format writes them; ``--fix`` writes them so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("packages/aiopvxs-core/cpp", "tests", "tools")


def main() -> int:
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.[ch]*")) if _is_cpp(path)]
    mode = ["-i"] if sys.argv[1:] == ["--fix"] else ["--dry-run", "-Werror"]
    return subprocess.run(["clang-format", *mode, "--style=file", *map(str, files)], check=False).returncode


def _is_cpp(path: Path) -> bool:
    return path.suffix in {".cpp", ".h"}


if __name__ == "__main__":
    sys.exit(main())
