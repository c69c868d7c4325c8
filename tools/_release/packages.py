"""The packages as releases see them: where the version is written, and what their tags begin with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PACKAGES", "Package", "Version", "of_tag", "parse", "text_of"]

Version = tuple[int, int, int]
_STATIC = r'^version = "([^"]+)"'


@dataclass(frozen=True)
class Package:
    """One distribution."""

    name: str
    file: str
    """Where its version is written."""
    pattern: str
    """The line of that file which has it."""
    prefix: str
    """What its tags begin with."""

    @property
    def folder(self) -> str:
        """The folder of the package in the repository."""
        return f"packages/{self.name}"

    @property
    def module(self) -> str:
        """What Python imports."""
        return self.name.replace("-", "_")

    def tag(self, version: Version) -> str:
        """Return the tag of a release."""
        return f"{self.prefix}{text_of(version)}"

    def version(self, root: Path) -> Version:
        """Return the version that the tree has."""
        return parse(self._match((root / self.file).read_text(encoding="utf-8"))[1])

    def with_version(self, text: str, version: Version) -> str:
        """Return the text of its file with another version."""
        match = self._match(text)
        return text[: match.start(1)] + text_of(version) + text[match.end(1) :]

    def _match(self, text: str) -> re.Match[str]:
        matches = list(re.finditer(self.pattern, text, re.MULTILINE))
        if len(matches) != 1:
            raise SystemExit(f"{self.file} has {len(matches)} lines that look like its version, not one.")
        return matches[0]


# in the order in which they depend on each other
PACKAGES = {
    package.name: package
    for package in (
        # without the pvxs line, which the core's own metadata appends
        Package(
            "aiopvxs-core", "packages/aiopvxs-core/cmake/pvxs_line.py", r'^VERSION = "([^"]+)"', "core-v"
        ),
        Package("aiopvxs-nt", "packages/aiopvxs-nt/pyproject.toml", _STATIC, "nt-v"),
        Package("aiopvxs", "packages/aiopvxs/pyproject.toml", _STATIC, "v"),
    )
}


def parse(text: str) -> Version:
    """Read a version X.Y.Z."""
    match = re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)", text, re.ASCII)
    if match is None:
        raise SystemExit(f"{text!r} is not a version of the form X.Y.Z.")
    return int(match[1]), int(match[2]), int(match[3])


def text_of(version: Version) -> str:
    """Write a version."""
    return ".".join(map(str, version))


def of_tag(tag: str) -> tuple[Package, Version]:
    """Tell which release a tag means."""
    for package in PACKAGES.values():
        rest = tag.removeprefix(package.prefix)
        if rest != tag and re.match(r"\d", rest):
            return package, parse(rest)
    forms = ", ".join(f"{package.prefix}X.Y.Z" for package in PACKAGES.values())
    raise SystemExit(f"{tag!r} is not a tag of a release; those are {forms}.")
