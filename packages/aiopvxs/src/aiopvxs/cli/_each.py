"""One operation on each of several PVs, all at once."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence

from aiopvxs_core.errors import Error, Timeout

from ._run import say
from ._together import together

__all__ = ["on_each"]


async def on_each(names: Sequence[str], operation: Callable[[str], Awaitable[None]]) -> int:
    """Do it for every PV and return the exit code, that of the worst.

    What fails is told at once, those that time out together at the end, as PVXS's tools do.
    """
    late: list[str] = []
    failed = False

    async def one(name: str) -> None:
        nonlocal failed
        try:
            await operation(name)
            sys.stdout.flush()  # what is there is shown, whatever becomes of the others
        except Timeout:
            late.append(name)
        except (Error, ValueError) as exc:
            failed = True
            text = str(exc)
            say(text if name in text else f"{name}: {text}")

    await together(one(name) for name in names)
    if late:
        say(f"Timeout with {len(late)} outstanding: {' '.join(late)}")
    return 1 if late or failed else 0
