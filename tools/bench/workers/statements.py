"""Timing of statements: what the workers for data have in common."""

from __future__ import annotations

import json
from timeit import Timer
from typing import TYPE_CHECKING

from .protocol import Worker

if TYPE_CHECKING:
    from collections.abc import Mapping


class Statements(Worker):
    """Runs statements by name, each in a loop of its own compiled code.

    Args:
        names: What the statements refer to.
        statements: By name: what is timed, and an expression for what it comes to.
    """

    def __init__(self, names: Mapping[str, object], statements: Mapping[str, tuple[str, str]]) -> None:
        self._names = dict(names)
        self._timers = {name: Timer(timed, globals=self._names) for name, (timed, _) in statements.items()}
        self._statements = statements

    async def end(self) -> None:
        """Nothing is held."""

    async def run(self, count: int, name: str) -> None:
        """Execute one statement ``count`` times."""
        self._timers[name].timeit(count)

    async def measure(self, verb: str, count: int, argument: str) -> dict[str, object]:
        """Time a statement, or tell its outcome: the verb ``outcome``."""
        if verb != "outcome":
            return await super().measure(verb, count, argument)
        timed, outcome = self._statements[argument]
        names = dict(self._names)
        exec(timed, names)
        plain = json.dumps(eval(outcome, names), default=lambda array: array.tolist(), sort_keys=True)
        return {"event": "done", "outcome": plain}
