"""p4p's gateway as a process: ``gateway_process.py CONFIG``; it serves until its standard input ends."""

from __future__ import annotations

import json
import sys
import threading

from p4p.gw import App, getargs


def main() -> None:
    """Serve until end of input."""
    app = App(getargs().parse_args(sys.argv[1:]))
    ended = threading.Event()

    def sleep(seconds: float) -> None:
        if ended.wait(seconds):
            raise KeyboardInterrupt  # how the gateway is told to stop

    def watch() -> None:
        sys.stdin.read()
        ended.set()

    app.sleep = sleep
    threading.Thread(target=watch, daemon=True).start()
    print(json.dumps({"event": "ready"}), flush=True)
    app.run()


if __name__ == "__main__":
    main()
