"""Load libpvxs before the extension that needs it.

The extension's RUNPATH finds pvxslibs as its neighbour in one site-packages; an editable install or a
split site-packages has it elsewhere. The generated ``*_dsoinfo`` modules name the exact file and import
nothing but ``os``; ``pvxslibs.path`` would pull in setuptools.
"""

import ctypes
import os
import sys

from pvxslibs.lib import pvxs_dsoinfo

__all__ = ["load_libraries"]


def load_libraries() -> list[object]:
    """Make libpvxs loadable; keep what is returned alive as long as the extension is."""
    if sys.platform == "win32":
        from epicscorelibs.lib import Com_dsoinfo

        folders = [os.path.dirname(info.sofilename) for info in (Com_dsoinfo, pvxs_dsoinfo)]
        return [os.add_dll_directory(folder) for folder in folders]
    # libpvxs finds libCom and libevent by its own RPATH
    return [ctypes.CDLL(pvxs_dsoinfo.sofilename)]
