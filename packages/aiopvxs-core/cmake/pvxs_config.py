"""Print, as CMake commands, what compiling against the installed pvxslibs needs.

The defines decide the C++ ABI (``_GLIBCXX_USE_CXX11_ABI`` differs between wheels of one release), so
they are asked for, never written down. ``pvxslibs.version`` is not: that of 1.4 needs pkg_resources, which
setuptools 82 removed.
"""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version

import pvxs_line


def installed_version() -> str:
    """Return the version of the pvxslibs that this Python would import."""
    try:
        return version("pvxslibs")
    except PackageNotFoundError:
        return "none"


def emit(name: str, values: list[str]) -> None:
    """Print one ``set(NAME "a;b")``; backslashes would be escapes to CMake."""
    print(f'set({name} "{";".join(values)}")'.replace("\\", "/"))


line = pvxs_line.current()
found = installed_version()
pvxs_line.check_pvxslibs(line, found)

# only now: the modules of a missing or foreign pvxslibs would fail in their own words
import epicscorelibs.path  # noqa: E402
import pvxslibs.path  # noqa: E402
from epicscorelibs.config import get_config_var  # noqa: E402
from pvxslibs.lib import pvxs_dsoinfo  # noqa: E402

library = pvxs_dsoinfo.filename
if library.endswith(".dll"):  # MSVC links to the import library
    library = os.path.splitext(library)[0] + ".lib"

emit("AIOPVXS_LINE", [str(line.number)])
emit("AIOPVXS_VERSION", [line.version])
emit("PVXS_VERSION", [found])
emit("PVXS_INCLUDE_DIRS", [pvxslibs.path.include_path, epicscorelibs.path.include_path])
emit("PVXS_LIBRARY", [library])
emit(
    "PVXS_DEFINITIONS",
    [name if value is None else f"{name}={value}" for name, value in get_config_var("CPPFLAGS")],
)
