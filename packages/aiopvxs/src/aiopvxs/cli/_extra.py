"""What the extra ``cli`` brings, and what is said where it is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

__all__ = ["have", "needs"]


def have(module: str) -> bool:
    """Tell whether a library is installed, without importing it."""
    try:
        return find_spec(module) is not None
    except ValueError:  # what a module of this name in sys.modules without a spec gives
        return False


@contextmanager
def needs(what: str, library: str) -> Iterator[None]:
    """Import in it: a library that is not there ends the command with one line.

    Raises:
        ValueError: it cannot be imported; the text names the extra.
    """
    try:
        yield
    except ImportError as exc:
        raise ValueError(f'{what} needs {library}: pip install "aiopvxs[cli]" ({exc})') from None
