"""What the examples of a page find when they run: a Context, PVs, a device; and what must have become of it.

A scene is an asynchronous generator. It puts names into the page's module, yields while the page runs, and
then may look at what the page has done.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Any

from . import explanation, how_to, reference
from .stage import Names, nothing

Scene = Callable[[Names], AsyncGenerator[None, Any]]

SCENES: dict[str, Scene] = {**how_to.SCENES, **reference.SCENES, **explanation.SCENES}

__all__ = ["SCENES", "Names", "Scene", "nothing"]
