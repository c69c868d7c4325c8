"""Compiled binding of PVXS, the ground that aiopvxs and aiopvxs_nt stand on.

Users import ``aiopvxs``; what is here may change with each release of the core, within what API_LEVEL and
API_OLDEST promise.
"""

try:
    from . import _dso

    _libraries = _dso.load_libraries()

    from ._core import API_LEVEL, API_OLDEST, LINE, VERSION
    from ._core import version_abi_int as get_version_abi_int
    from ._core import version_int as get_version_int
    from ._core import version_str as get_version_str
except (ImportError, OSError) as error:
    from ._diagnosis import explain

    raise ImportError(explain(error), name=__name__) from error

from ._features import ALL_FEATURES, features

__all__ = [
    "ALL_FEATURES",
    "API_LEVEL",
    "API_OLDEST",
    "LINE",
    "VERSION",
    "features",
    "get_version_abi_int",
    "get_version_int",
    "get_version_str",
]

__version__ = VERSION
