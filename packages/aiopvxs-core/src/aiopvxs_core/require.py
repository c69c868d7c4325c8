"""The check that the packages above make of the core they find."""

from . import API_LEVEL, API_OLDEST, VERSION

__all__ = ["require_api"]


def require_api(required: int, distribution: str) -> None:
    """Check that this core has the binding that ``distribution`` was written for.

    Args:
        required: the API_LEVEL that it needs.
        distribution: its name on the package index.

    Raises:
        ImportError: this core is older, or has dropped that level; the text names both versions and the
            command that mends it.
    """
    if API_OLDEST <= required <= API_LEVEL:
        return
    from importlib import metadata  # half of the time of an import, and seldom needed

    try:
        asking = f"{distribution} {metadata.version(distribution)}"
    except metadata.PackageNotFoundError:
        asking = distribution
    if required > API_LEVEL:
        problem, mend = "which is older", "pip install --upgrade aiopvxs-core"
    else:
        problem, mend = "which no longer has it", f"pip install --upgrade {distribution}"
    raise ImportError(
        f"{asking} needs level {required} of the binding; aiopvxs-core {VERSION} has levels "
        f"{API_OLDEST} to {API_LEVEL}, {problem}. To mend it: {mend}"
    )
