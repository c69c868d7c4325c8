"""Check the GitHub workflows: they fit the schema, pin what they use, and only start tox environments."""

from __future__ import annotations

import configparser
import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
# a commit, and for the reader the version that it is
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*$")
OURS = re.compile(r"uses: \./\.github/workflows/[\w-]+\.yml$")
TOX = re.compile(r"python tools/dev\.py test -e (?P<environment>\$\{\{ matrix\.env \}\}|[\w.-]+)( -- .+)?")
OTHERS = re.compile(r"python tools/dev\.py demo|gh release create [^\n;&|]+")


def problems(folder: Path, known: set[str]) -> Iterator[str]:
    """Yield one sentence for each thing that a workflow must not do."""
    for path in sorted(folder.glob("*.y*ml")):
        text = path.read_text(encoding="utf-8")
        for line in text.splitlines():
            stripped = line.strip().removeprefix("- ")
            if stripped.startswith("uses:") and not (PINNED.match(stripped) or OURS.match(stripped)):
                yield f"{path.name}: {stripped} is not pinned to a commit, with its version behind it."
        workflow = yaml.safe_load(text)
        if "permissions" not in workflow:
            yield f"{path.name} does not say what it may do (permissions)."
        for name, job in workflow["jobs"].items():
            yield from (f"{path.name}, job {name}: {problem}" for problem in _job(job, known))


def _job(job: dict[str, Any], known: set[str]) -> Iterator[str]:
    if "uses" not in job and "timeout-minutes" not in job and _runs(job):
        yield "it has no timeout-minutes."
    for command in _runs(job):
        match = TOX.fullmatch(command)
        if match is None:
            if OTHERS.fullmatch(command) is None:
                yield f"{command!r} is not a tox environment."
            continue
        names = [match["environment"]]
        if names[0].startswith("$"):
            names = [str(entry["env"]) for entry in job["strategy"]["matrix"]["include"]]
        for name in names:
            if name not in known:
                yield f"tox has no environment {name}."


def _runs(job: dict[str, Any]) -> list[str]:
    return [str(step["run"]).strip() for step in job.get("steps", ()) if "run" in step]


def environments(tox: Path) -> set[str]:
    """Return the names of the environments that a tox.ini has, with the factors of its full one."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(tox, encoding="utf-8")
    found = {f"py3{minor}-pvxs{line}" for minor in range(10, 15) for line in (14, 15)}
    for section in parser.sections():
        if section.startswith("testenv:"):
            found |= set(_expanded(section.removeprefix("testenv:")))
    return found


def _expanded(name: str) -> list[str]:
    """Return what tox makes of a name with alternatives in braces."""
    parts = re.split(r"\{([^}]*)\}", name)
    choices = [part.replace(" ", "").split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    return ["".join(chosen) for chosen in itertools.product(*choices)]


def main() -> int:
    folder = ROOT / ".github" / "workflows"
    files = sorted(map(str, folder.glob("*.y*ml")))
    schema = ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files]
    status = subprocess.run(schema, check=False).returncode
    found = list(problems(folder, environments(ROOT / "tox.ini")))
    print("\n".join(found) or f"{len(files)} workflows pin what they use and start tox environments only.")
    return 1 if found or status != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
