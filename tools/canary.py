"""Try the newest pvxslibs, previews included, under what was published and under this tree.

Three questions: do the published packages still work with the newest pvxslibs that pip puts under them; does
the core of this tree build and work with it, on each line; is there a pvxslibs that no line takes.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from _dev import wheels
from _dev.console import Failure, run, say
from _dev.places import ROOT
from _dist import trial
from _dist.lines import LINES
from _dist.platforms import IDENTIFIERS

PYTHON = Path(sys.executable)
NEWEST = {"PIP_PRE": "1", "PIP_UPGRADE": "1"}


def main() -> int:
    parser = argparse.ArgumentParser(description="Try the newest pvxslibs.")
    parser.add_argument("--folder", type=Path, required=True, help="for what is made; it is emptied")
    folder: Path = parser.parse_args().folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    python = "cp" + "".join(map(str, sys.version_info[:2]))
    lines = [
        line for line in LINES if any(name.startswith(python) for name in IDENTIFIERS[str(line)]["linux"])
    ]
    failed = [problem for line in lines if (problem := _of_this_tree(str(line), folder))]
    failed += [problem for problem in (_published(folder), _unknown()) if problem]
    print("\n" + ("\n".join(failed) or "All is well with the newest pvxslibs."))
    return 1 if failed else 0


def _of_this_tree(line: str, folder: Path) -> str:
    """Build the core of this tree with the newest pvxslibs of a line, and try it."""
    say(f"\nThis tree, line {line}")
    log = folder / f"tree-{line}.log"
    environment = {**os.environ, **NEWEST, "AIOPVXS_PVXS_LINE": line}
    try:
        pure = wheels.build(line)[1:]
        made = folder / f"core-{line}"
        pip: list[str | Path] = [PYTHON, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", made]
        run("build the core", [*pip, ROOT / "packages" / "aiopvxs-core"], log=log, env=environment)
        python = trial.empty_environment(PYTHON, folder / "env", log)
        trial.smoke(python, [*made.glob("*.whl"), *pure, "--pre"], log)
        say(f"    with pvxslibs {trial.version_of(python, 'pvxslibs')}")
    except (Failure, subprocess.CalledProcessError) as failure:
        return f"This tree, line {line}: {failure}"
    return ""


def _published(folder: Path) -> str:
    """Try the published packages, once there are any, with the newest pvxslibs that they accept."""
    say("\nThe published packages")
    log = folder / "published.log"
    python = trial.empty_environment(PYTHON, folder / "env", log)
    pip: list[str | Path] = [python, "-m", "pip", "download", "--quiet", "--no-deps", "aiopvxs-core"]
    if subprocess.run([*pip, "--dest", folder], capture_output=True, check=False).returncode != 0:
        say("    the package index has no aiopvxs-core for this Python yet")
        return ""
    try:
        # the tests are those of this tree, which the last release need not pass in full
        run("    install", [python, "-m", "pip", "install", "aiopvxs", "pvxslibs", "--pre"], log=log)
        run("    run the demonstration", [python.with_name("aiopvxs"), "demo"], log=log, cwd=folder)
        say(f"    with pvxslibs {trial.version_of(python, 'pvxslibs')}")
    except (Failure, subprocess.CalledProcessError) as failure:
        return f"The published packages: {failure}"
    return ""


def _unknown() -> str:
    """Tell of a pvxslibs that is newer than every line."""
    say("\nThe newest pvxslibs of all")
    command: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--dry-run",
        "--ignore-installed",
        "--no-deps",
        "--pre",
    ]
    report = subprocess.run(
        [*command, "--quiet", "--report", "-", "pvxslibs"], check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    newest = str(json.loads(report)["install"][0]["metadata"]["version"])
    say(f"    {newest}")
    if any(line.accepts(newest) for line in LINES.values()):
        return ""
    known = ", ".join(re.sub(r"^pvxslibs", "", line.requirement) for line in LINES.values())
    return f"pvxslibs {newest} is out, and no line of the core takes it ({known})."


if __name__ == "__main__":
    sys.exit(main())
