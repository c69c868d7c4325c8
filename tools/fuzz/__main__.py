"""``python tools/fuzz --minutes 30``: hostile objects and paths against types and values.

What must hold: nothing crashes (``tox -e asan -- tools/fuzz`` has the memory watched), nothing but the
documented errors and the objects' own comes out, and what failed has changed nothing. A failure shows the
seed of its round; a crash leaves that in the file named at the start. ``--seed S --rounds 1`` repeats it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

if __package__ in {None, ""}:  # started as a folder
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fuzz.rounds import Tally, play


def main(arguments: list[str] | None = None) -> int:
    """Run rounds until the time or their number is used up; return the exit status."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=1.0, help="how long (default: %(default)s)")
    parser.add_argument("--rounds", type=int, help="how many rounds instead")
    parser.add_argument("--seed", type=int, default=None, help="of the first round (default: the time)")
    options = parser.parse_args(arguments)
    seed = int(time.time()) * 1000 if options.seed is None else options.seed
    until = time.monotonic() + 60 * options.minutes
    tally = Tally()
    with tempfile.NamedTemporaryFile("w", prefix="fuzz-", suffix=".seed", delete=False) as record:
        print(f"rounds from --seed {seed}; the present one is in {record.name}", flush=True)
        while tally.rounds < options.rounds if options.rounds is not None else time.monotonic() < until:
            record.seek(0)
            record.write(f"{seed + tally.rounds}\n")
            record.flush()
            play(seed + tally.rounds, tally)
            if tally.rounds % 1000 == 0:
                print(tally, flush=True)
    Path(record.name).unlink()
    print(tally)
    return 1 if tally.failures else 0


if __name__ == "__main__":
    sys.exit(main())
