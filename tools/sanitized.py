"""Run Python with a sanitized core; a finding ends it.

``python tools/sanitized.py -m pytest tests/unit/core`` builds the core with AddressSanitizer and
UndefinedBehaviorSanitizer (once, in .dev/), installs it into this environment and runs ``python -m pytest
tests/unit/core`` with the sanitizers' runtime preloaded. ``--threads`` first: with ThreadSanitizer. Where the
compiler has none, that is said, and the exit status is 0.
"""

import sys

from _dev import sanitized

if __name__ == "__main__":
    sys.exit(sanitized.main(sys.argv[1:]))
