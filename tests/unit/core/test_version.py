"""Version, API level, line and features of the core."""

from __future__ import annotations

import importlib.metadata
import re

import aiopvxs_core
from aiopvxs_core import _core

PVXSLIBS = tuple(int(part) for part in importlib.metadata.version("pvxslibs").split(".")[:3])


def test_version_is_that_of_the_distribution_and_ends_with_the_line() -> None:
    assert importlib.metadata.version("aiopvxs-core") == aiopvxs_core.VERSION
    assert re.fullmatch(rf"\d+\.\d+\.\d+\.{aiopvxs_core.LINE}", aiopvxs_core.VERSION)


def test_line_is_that_of_the_pvxslibs_in_use() -> None:
    assert 10 * PVXSLIBS[0] + PVXSLIBS[1] == aiopvxs_core.LINE


def test_requirement_is_the_line_of_pvxslibs() -> None:
    (requirement,) = [
        text for text in importlib.metadata.requires("aiopvxs-core") or [] if text.startswith("pvxslibs")
    ]
    bounds = set(requirement.removeprefix("pvxslibs").split(","))
    assert bounds == {14: {">=1.4.1", "<1.5.0a1"}, 15: {">=1.5.3", "<1.6.0a1"}}[aiopvxs_core.LINE]


def test_pvxs_versions() -> None:
    release = ".".join(map(str, PVXSLIBS))
    assert aiopvxs_core.get_version_str().startswith(f"PVXS {release}")
    assert aiopvxs_core.get_version_int() >> 8 == PVXSLIBS[0] << 16 | PVXSLIBS[1] << 8 | PVXSLIBS[2]
    assert aiopvxs_core.get_version_abi_int() >> 16 == PVXSLIBS[0] << 8 | PVXSLIBS[1]


def test_api_levels_are_compiled_in_and_in_order() -> None:
    assert (aiopvxs_core.API_LEVEL, aiopvxs_core.API_OLDEST) == (_core.API_LEVEL, _core.API_OLDEST)
    assert 1 <= aiopvxs_core.API_OLDEST <= aiopvxs_core.API_LEVEL


def test_all_names_exist() -> None:
    assert [name for name in aiopvxs_core.__all__ if not hasattr(aiopvxs_core, name)] == []


def test_features_of_both_lines() -> None:
    """A feature that one line lacks is named in this test, and shown by a test of its own."""
    assert isinstance(aiopvxs_core.features, frozenset)
    assert {
        "flow_control",  # tests/integration/server/test_flow_control.py
        "nesting_limit",  # tests/stress/test_hostile_clients.py
        "squash_counts",  # tests/integration/server/test_report.py
    } == aiopvxs_core.ALL_FEATURES
    assert aiopvxs_core.features == (aiopvxs_core.ALL_FEATURES if _core.LINE >= 15 else set())
