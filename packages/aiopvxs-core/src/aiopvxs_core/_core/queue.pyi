"""The crossing point between pvxs threads and an event loop."""

class CompletionQueue:
    """Completions on their way from pvxs threads to one event loop."""

    def __init__(self) -> None: ...
    def fileno(self) -> int:
        """Return the descriptor that is readable while there is something to drain."""

    def drain(self, limit: int) -> list[tuple[int, object]]:
        """Remove at most limit completions and return them as (token, object) pairs."""

    def wait(self) -> bool:
        """Block until there is something to drain; False once the queue is closed."""

    def close(self) -> None:
        """Refuse further completions and drop those that were not drained."""

    @property
    def closed(self) -> bool:
        """True once close() was called."""

    def __len__(self) -> int: ...

def wait_for_closed(timeout: float) -> bool:
    """Wait until every Context and Server closed so far has ended; False if timeout was not enough."""
