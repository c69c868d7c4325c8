"""Build the wheels of the three packages for this interpreter and one pvxs line, unless they are up to date.

Prints the folder of the wheels; ``--install`` installs them, and what they depend on, into this environment.
"""

import sys

from _dev import wheels

if __name__ == "__main__":
    sys.exit(wheels.main())
