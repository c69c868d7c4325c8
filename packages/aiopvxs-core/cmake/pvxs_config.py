"""Print, as CMake commands, what compiling against the installed pvxslibs needs.

The defines decide the C++ ABI (``_GLIBCXX_USE_CXX11_ABI`` differs between wheels of one release), so
they are asked for, never written down.
"""

import os

import epicscorelibs.path
import pvxslibs.path
import pvxslibs.version
from epicscorelibs.config import get_config_var
from pvxslibs.lib import pvxs_dsoinfo


def emit(name: str, values: list[str]) -> None:
    """Print one ``set(NAME "a;b")``; backslashes would be escapes to CMake."""
    print(f'set({name} "{";".join(values)}")'.replace("\\", "/"))


library = pvxs_dsoinfo.filename
if library.endswith(".dll"):  # MSVC links to the import library
    library = os.path.splitext(library)[0] + ".lib"

emit("PVXS_VERSION", [".".join(str(part) for part in pvxslibs.version.version_info[:3])])
emit("PVXS_INCLUDE_DIRS", [pvxslibs.path.include_path, epicscorelibs.path.include_path])
emit("PVXS_LIBRARY", [library])
emit(
    "PVXS_DEFINITIONS",
    [name if value is None else f"{name}={value}" for name, value in get_config_var("CPPFLAGS")],
)
