"""What the verbs of a waiting Context share."""

from __future__ import annotations

from .. import client
from .._loop_thread import LoopThread

__all__ = ["Verbs"]


class Verbs:
    """The base of the classes that give a Context its verbs, a few each."""

    _thread: LoopThread
    _ctx: client.Context
