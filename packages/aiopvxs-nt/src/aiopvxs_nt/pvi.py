"""Trees of devices: many NTPVI that refer to each other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from .ntpvi import ACCESSES, NTPVI, PVIReading

if TYPE_CHECKING:
    from aiopvxs_core.data import Value

__all__ = ["publish_pvi", "read_pvi"]

_MOST_DEVICES = 10_000


def publish_pvi(name: str, tree: Mapping[str, Any], *, description: str = "") -> dict[str, Value]:
    """Make the NTPVI values of a device and of all that are in it.

    Args:
        name: of the device's own PV, such as "STAGE:PVI".
        tree: a dict of names. What holds accesses (``{"rw": "STAGE:POS"}``) is PVs, another dict is a device
            in this one, and a list is a vector of either, with None where there is no element. The PV of
            device ``x`` in "STAGE:PVI" is "STAGE:X:PVI", and "STAGE:X1:PVI" that of the first of a vector.
        description: of the device.

    Returns:
        The values by the names of their PVs; the first is the device's own.

    Raises:
        ValueError: two devices would have one name.
    """
    made: dict[str, Value] = {}
    entries: dict[str, Any] = {}
    inner: list[tuple[str, Mapping[str, Any]]] = []

    def entry(path: str, content: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        if content is None or _is_entry(content):
            return content
        inner.append((path, content))
        return {"d": path}

    for key, content in tree.items():
        if isinstance(content, str):
            entries[key] = content  # is refused below
        elif isinstance(content, Mapping):
            entries[key] = entry(_path(name, key), content)
        else:
            entries[key] = [
                entry(_path(name, f"{key}{number}"), one) for number, one in enumerate(content, 1)
            ]
    made[name] = NTPVI(entries, description=description).create()
    for path, content in inner:
        for one, value in publish_pvi(path, content).items():
            if one in made:
                raise ValueError(f"two devices would have the PV {one!r}")
            made[one] = value
    return made


def _is_entry(content: Mapping[str, Any]) -> bool:
    return bool(content) and all(
        access in ACCESSES and isinstance(name, str) for access, name in content.items()
    )


def _path(name: str, key: str) -> str:
    base = name[: -len("PVI")] if name.endswith("PVI") else f"{name}:"
    return f"{base}{key.upper()}:PVI"


async def read_pvi(read: Callable[[str], Awaitable[Any]], name: str) -> SimpleNamespace:
    """Read a device and all that are in it into nested objects.

    ``stage = await read_pvi(ctx.read, "STAGE:PVI")`` gives ``stage.pos.rw``, the name of a PV, and
    ``stage.x``, which is a device again. Vectors are lists, with None where there is no element. Other
    accesses beside ``d`` are attributes of the device.

    Args:
        read: reads a PV: ``ctx.read``.
        name: of the device's PV.

    Raises:
        TypeError: a PV that is named as a device is none.
        ValueError: a device is in itself, or there are too many.
    """
    return await _Reader(read).device(name, ())


class _Reader:
    def __init__(self, read: Callable[[str], Awaitable[Any]]) -> None:
        self._read = read
        self._count = 0

    async def device(self, name: str, above: tuple[str, ...]) -> SimpleNamespace:
        if name in above:
            raise ValueError(f"the device {name!r} is in itself: {' > '.join((*above, name))}")
        self._count += 1
        if self._count > _MOST_DEVICES:
            raise ValueError(f"there are more than {_MOST_DEVICES} devices in {(*above, name)[0]!r}")
        reading = await self._read(name)
        if not isinstance(reading, PVIReading):
            raise TypeError(f"PV {name!r} is no device (NTPVI): it makes a {type(reading).__name__}")
        made = SimpleNamespace()
        for key, entry in reading.value.items():
            setattr(made, key, await self._entry(entry, (*above, name)))
        return made

    async def _entry(self, entry: Any, above: tuple[str, ...]) -> Any:
        if entry is None:
            return None
        if isinstance(entry, list):
            return [await self._entry(one, above) for one in entry]
        accesses = cast("dict[str, str]", entry)
        found = SimpleNamespace() if "d" not in accesses else await self.device(accesses["d"], above)
        for access, name in accesses.items():
            if access != "d":
                setattr(found, access, name)
        return found
