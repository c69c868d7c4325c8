"""The fixtures of aiopvxs.testing, as a user has them."""

from aiopvxs.testing import pva_environment, pva_server

__all__ = ["pva_environment", "pva_server"]
