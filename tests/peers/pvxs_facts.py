"""Print, as JSON, what compiling against the installed pvxslibs needs.

A program of its own: these imports pull in setuptools, and epicscorelibs.config runs a compiler. Neither
belongs in the process that runs the tests.
"""

import json
import os

import epicscorelibs.path
import pvxslibs.path
import pvxslibs.version
from epicscorelibs.config import get_config_var
from pvxslibs.lib import pvxs_dsoinfo

libraries = [pvxs_dsoinfo.filename, epicscorelibs.path.get_lib("Com")]
facts = {
    "version": pvxslibs.version.version,
    "defines": [name if value is None else f"{name}={value}" for name, value in get_config_var("CPPFLAGS")],
    "includes": [pvxslibs.path.include_path, epicscorelibs.path.include_path],
    "libraries": libraries,
    "folders": [os.path.dirname(library) for library in libraries],
}
print(json.dumps(facts))
