"""``python tools/bench``: run the benchmark without installing it."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]  # this package, and the peers that it shares

from bench.run import main  # noqa: E402

sys.exit(main())
