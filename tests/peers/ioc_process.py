"""An IOC process with QSRV 2, of the libraries in pvxslibs: ``ioc_process.py DATABASE MACROS ACF``.

Prints its ports, then obeys the iocsh commands on its standard input, one a line, and prints what each of
them printed. It exits when its standard input ends, in the regular way of an IOC.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import sys
import tempfile
from typing import Any


class Console:
    """The standard output of an iocsh command is caught; what the process itself says goes where it did."""

    def __init__(self) -> None:
        self._messages = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)  # what an IOC prints by itself
        self._libc = ctypes.CDLL(None)

    def say(self, **message: object) -> None:
        """Print one message."""
        print(json.dumps(message), file=self._messages, flush=True)

    def run(self, ioc: Any, command: str) -> str:
        """Run an iocsh command and return what it printed."""
        with tempfile.TemporaryFile() as caught:
            before = os.dup(1)
            os.dup2(caught.fileno(), 1)
            try:
                ioc.ioc(command)
                self._libc.fflush(None)
            finally:
                os.dup2(before, 1)
                os.close(before)
            caught.seek(0)
            return caught.read().decode("utf-8", "replace")


def main() -> None:
    """Serve until end of input."""
    database, macros, access = sys.argv[1:]
    console = Console()

    import pvxslibs.path
    from epicscorelibs import ioc

    ioc.dbCore.asSetFilename(access.encode())
    ioc.start_ioc(
        dbs=[(database, macros)],
        extra_dbd_load=(("pvxsIoc.dbd", pvxslibs.path.dbd_path),),
        extra_dso_load=("pvxslibs.lib.pvxsIoc",),
    )
    # 1.5 has it in the environment too
    found = re.search(r"EPICS_PVAS_SERVER_PORT=(\d+)", console.run(ioc, "pvxsr 1"))
    assert found is not None
    console.say(event="ready", port=int(found[1]))
    for line in sys.stdin:
        console.say(event="done", printed=console.run(ioc, line.rstrip("\n")))


if __name__ == "__main__":
    main()
