"""The two commands of a clone: ``python3 tools/dev.py demo`` and ``python3 tools/dev.py test``.

demo builds the three packages into a virtual environment and shows a server and a client exchange values;
test runs the default tox environments. Both need only Python and a C++ compiler, keep what they make in
.dev/, and are fast when run again. (This file is read by old versions of Python too, to refuse them in one
sentence.)
"""

import sys

OLDEST = (3, 10)


def main():  # type: () -> int
    if sys.version_info < OLDEST:
        found = ".".join(str(part) for part in sys.version_info[:3])
        wanted = ".".join(str(part) for part in OLDEST)
        message = "aiopvxs needs Python %s or later, and this is Python %s (%s)."
        sys.exit(message % (wanted, found, sys.executable))
    from _dev import command

    return command.main()


if __name__ == "__main__":
    sys.exit(main())
