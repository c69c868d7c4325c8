"""What PVXS logs."""

def start(by_listener: bool) -> bool:
    """Keep what PVXS logs for wait(); False where it cannot be had, and stays on stderr."""

def wait() -> tuple[list[tuple[int, str, str, str, float]], int]:
    """Wait for messages of PVXS and return them, as (level, logger, text, line, time), and how many
    were lost.

    Nothing of either once stopped.
    """

def stop() -> None:
    """Let what follows go to stderr; wait() still gives what came before."""

def set_level(pattern: str, level: int) -> None:
    """Set the level (10 critical, 20 error, 30 warning, 40 info, 50 debug) of loggers of PVXS."""
