"""Run Python with the core built with AddressSanitizer and UndefinedBehaviorSanitizer; a finding ends it.

``python tools/sanitized.py -m pytest tests/unit/core`` builds the core so (once, in .dev/), installs it into
this environment and runs ``python -m pytest tests/unit/core`` with the sanitizers' runtime preloaded. Where
the compiler has none, that is said, and the exit status is 0.
"""

import sys

from _dev import sanitized

if __name__ == "__main__":
    sys.exit(sanitized.main(sys.argv[1:]))
