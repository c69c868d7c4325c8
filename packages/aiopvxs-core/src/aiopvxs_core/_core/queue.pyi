"""The crossing point between pvxs threads and an event loop."""

import contextvars
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import final

class CompletionQueue:
    """Completions on their way from pvxs threads to one event loop."""

    def __init__(self) -> None: ...
    def fileno(self) -> int:
        """Return the descriptor that is readable while there is something to drain."""

    def drain(
        self,
        targets: dict[int, Callable[[object], None]],
        failed: Callable[[object, Exception], object],
        seconds: float,
        /,
    ) -> int:
        """Remove completions until none is left, and call for each the target of its token.

        What is left after so many seconds waits for the next time. failed(target, exception) is called for
        a target that raises.

        Returns:
            0; or, where many updates come and nothing else, how many in a second: then the caller is to drain
            again after some milliseconds, for none of them makes the descriptor readable.
        """

    def wait(self) -> bool:
        """Block until there is something to drain; False once the queue is closed."""

    def close(self) -> None:
        """Refuse further completions and drop those that were not drained."""

    @property
    def closed(self) -> bool:
        """True once close() was called."""

    @property
    def left(self) -> int:
        """How many completions the running drain has still to hand over."""

    def __len__(self) -> int: ...

@final
class Pause:
    """What a task waits for that has nothing to do."""

    _asyncio_future_blocking: bool

    def __new__(cls, loop: AbstractEventLoop) -> Pause: ...
    def __init__(self, loop: AbstractEventLoop) -> None: ...
    def get_loop(self) -> AbstractEventLoop:
        """Return its event loop."""

    def add_done_callback(
        self, callback: Callable[[Pause], object], /, *, context: contextvars.Context | None = None
    ) -> None:
        """Call this at the end."""

    def remove_done_callback(self, callback: Callable[[Pause], object], /) -> int:
        """Forget it; return how many were forgotten."""

    def cancel(self, msg: object = None) -> bool:
        """End it with CancelledError; False if it has ended."""

    def done(self) -> bool:
        """Tell whether it has ended."""

    def cancelled(self) -> bool:
        """Tell whether it was cancelled."""

    def result(self) -> None:
        """Return None, or raise CancelledError."""

    def set_result(self, result: object, /) -> None:
        """End it, in a later turn of the loop."""

    def end_now(self) -> None:
        """End it, and let its task go on: in a callback of the loop, where no task runs."""

def wait_for_closed(timeout: float) -> bool:
    """Wait until every Context and Server closed so far has ended; False if timeout was not enough."""
