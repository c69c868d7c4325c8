"""The crossing point between pvxs threads and an event loop."""

from collections.abc import Callable

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
    ) -> bool:
        """Remove completions until none is left, and call for each the target of its token.

        What is left after so many seconds waits for the next time. failed(target, exception) is called for
        a target that raises.

        Returns:
            True where the caller is to drain again after two milliseconds: many completions of monitors come.
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

def wait_for_closed(timeout: float) -> bool:
    """Wait until every Context and Server closed so far has ended; False if timeout was not enough."""
