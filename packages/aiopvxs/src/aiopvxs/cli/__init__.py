"""The command ``aiopvxs``; each of its commands is a module, which is imported only when it runs."""

from ._main import main

__all__ = ["main"]
