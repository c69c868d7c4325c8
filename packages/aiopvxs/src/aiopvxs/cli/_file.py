"""Files that are replaced as a whole."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from uuid import uuid4

__all__ = ["write_whole"]


def write_whole(path: Path, content: bytes) -> None:
    """Write anew and put it in the place of the old file: whenever the power fails, there is a whole one.

    The new file may be read by whom the old one might; a link stays, and what it leads to is replaced.

    Raises:
        OSError: it cannot be written; the file is as it was.
    """
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            temporary.chmod(path.stat().st_mode & 0o777)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
