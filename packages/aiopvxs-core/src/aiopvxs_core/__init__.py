"""Compiled binding of PVXS: what aiopvxs and aiopvxs_nt stand on."""

from . import _dso

_libraries = _dso.load_libraries()

from . import _core  # noqa: E402
