from __future__ import annotations

import subprocess
import sys

import pytest

import aiopvxs.nt
import aiopvxs_core
import aiopvxs_nt
from aiopvxs_core.require import require_api
from aiopvxs_nt import _compat


def test_public_names() -> None:
    assert sorted(aiopvxs_nt.__all__) == sorted(aiopvxs.nt.__all__)
    for name in aiopvxs_nt.__all__:
        assert getattr(aiopvxs.nt, name) is getattr(aiopvxs_nt, name)


def test_the_core_fits() -> None:
    require_api(_compat.REQUIRED_API_LEVEL, "aiopvxs-nt")
    with pytest.raises(ImportError, match="pip install --upgrade aiopvxs-core"):
        require_api(aiopvxs_core.API_LEVEL + 1, "aiopvxs-nt")


def test_import_takes_nothing_that_is_heavy_or_optional() -> None:
    unwanted = ("numpy", "aiopvxs", "pandas", "polars", "pyarrow", "xarray", "pydantic", "msgspec")
    program = f"import sys, aiopvxs_nt; print([m for m in {unwanted} if m in sys.modules])"
    output = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    assert output.strip() == "[]"
