"""The tools' modules, imported from their files as the tools themselves do."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT


sys.path.insert(0, str(ROOT / "packages" / "aiopvxs-core" / "cmake"))
