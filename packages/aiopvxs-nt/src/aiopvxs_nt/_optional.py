"""Libraries that are extras."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["need"]


def need(module: str, extra: str, purpose: str) -> Any:
    """Import an optional library.

    Raises:
        ImportError: it is not installed; the text names the extra that has it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as exc:
        raise ImportError(
            f'{purpose} needs {module}, which is not installed: pip install "aiopvxs-nt[{extra}]"',
            name=module,
        ) from exc
