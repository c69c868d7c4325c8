"""Where a server finds its PVs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from aiopvxs_core import server as core

from ._served import Served
from ._service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["StaticSource", "UnknownNameError"]


class UnknownNameError(KeyError):
    """Nothing has that name."""

    __str__ = Exception.__str__  # KeyError shows the repr of its argument; this is a sentence


class StaticSource:
    """PVs by name (``pvxs::server::StaticSource``). Any thread may add and remove at any time.

    Args:
        pvs: the PVs to begin with.

    Raises:
        TypeError, ValueError: as :meth:`add`.
    """

    def __init__(self, pvs: Mapping[str, Served | Callable[..., object]] | None = None) -> None:
        self._core = core.Source()
        self._served: dict[str, Served] = {}  # keeps them
        given: object = {} if pvs is None else pvs
        if not isinstance(given, Mapping):
            raise TypeError(f"PVs are given in a dict of names, not in a {type(given).__name__}")
        for name, pv in given.items():
            self.add(name, pv)

    def add(self, name: str, pv: Served | Callable[..., object]) -> None:
        """Serve a PV, or a function as a service.

        Raises:
            ValueError: an empty name, or one that is taken.
            TypeError: the name is no str or the PV no SharedPV or Handler.
        """
        if not isinstance(name, str):
            raise TypeError(f"A PV is named by a str, not by {name!r}")
        served: object = pv
        if not isinstance(served, Served) and callable(served) and not isinstance(served, type):
            served = Service(served)
        if not isinstance(served, Served):
            raise TypeError(f"PV {name!r} is served by a SharedPV or Handler, not by a {type(pv).__name__}")
        if not name:
            raise ValueError("The name of a PV is not empty")
        if not self._core.add(name, served._core):
            raise ValueError(f"There is a PV {name!r} already")
        self._served[name] = served
        served._names.add(name)

    def remove(self, name: str) -> None:
        """Serve a PV no more and disconnect its clients, in the background. The PV itself stays open.

        Raises:
            KeyError: there is no such PV.
        """
        if not self._core.remove(name):
            raise UnknownNameError(f"There is no PV {name!r}")
        pv = self._served.pop(name, None)
        if pv is not None:
            pv._names.discard(name)

    def names(self) -> list[str]:
        """Return the names of the PVs, sorted."""
        return self._core.names()

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __len__(self) -> int:
        return len(self.names())

    def __contains__(self, name: object) -> bool:
        return name in self.names()

    def __repr__(self) -> str:
        return f"<aiopvxs.server.StaticSource with {len(self)} PVs>"
