"""A finished wheel imports, knows its version, and handles a value."""

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

import aiopvxs
import aiopvxs_core


@pytest.mark.parametrize(
    "module", ["aiopvxs", "aiopvxs.client", "aiopvxs.data", "aiopvxs.nt", "aiopvxs.server", "aiopvxs_nt"]
)
def test_each_module_imports_first(module):
    """In an interpreter of its own: no import order is needed."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"import {module}"], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_the_packages_are_installed_not_found_in_a_source_tree():
    assert Path(aiopvxs_core.__file__).parent.parent == Path(aiopvxs.__file__).parent.parent
    assert not (Path(aiopvxs_core.__file__).parents[2] / "CMakeLists.txt").exists()


def test_version_is_that_of_the_metadata():
    version = importlib.metadata.version("aiopvxs-core")
    assert version == aiopvxs_core.VERSION
    assert version.endswith(f".{aiopvxs_core.LINE}")


def test_pvxs_in_use_is_the_installed_pvxslibs():
    release = importlib.metadata.version("pvxslibs")
    assert release in aiopvxs.get_version_str()
    major, minor, patch = (int(part) for part in release.split(".")[:3])
    assert aiopvxs.get_version_int() == major << 24 | minor << 16 | patch << 8
    assert aiopvxs.get_version_abi_int() >> 16 == major << 8 | minor
    assert 10 * major + minor == aiopvxs_core.LINE


def test_features_are_known_names():
    assert aiopvxs.features <= aiopvxs_core.ALL_FEATURES


def test_typed():
    for package in (aiopvxs_core, aiopvxs):
        assert Path(package.__file__).with_name("py.typed").exists()


def test_setuptools_is_not_imported():
    """pvxslibs' own path modules would pull it in, and cost half a second."""
    code = "import sys, aiopvxs.client, aiopvxs.server; assert not {'setuptools', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, "PYTHONSTARTUP": ""})
