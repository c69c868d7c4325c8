"""Reading and writing PVs by what they mean."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from types import EllipsisType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from aiopvxs_core.data import Value

from ._get import Get
from ._put import Put
from ._written import Written

if TYPE_CHECKING:
    from aiopvxs_nt import Reading

__all__ = ["Read"]

_M = TypeVar("_M")
_Names = list[str] | tuple[str, ...]


class Read(Get, Put):
    """Gives a Context ``read`` and ``write``."""

    @overload
    async def read(
        self,
        name: str,
        *,
        as_: None = None,
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> Reading[Any]: ...
    @overload
    async def read(
        self,
        name: str,
        *,
        as_: type[_M],
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> _M: ...
    @overload
    async def read(
        self,
        name: _Names,
        *,
        as_: None = None,
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> list[Reading[Any]]: ...
    @overload
    async def read(
        self,
        name: _Names,
        *,
        as_: type[_M],
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> list[_M]: ...
    async def read(
        self,
        name: str | Iterable[str],
        *,
        as_: Any = None,
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> Any:
        """Read a PV, or many, as what they mean: ``aiopvxs.nt.unwrap()`` of what :meth:`get` gives.

        Images that are compressed are decompressed in a thread.

        Args:
            name: of the PV; or a list of names, read at the same time.
            as_: what to return instead of readings: an Enum class, bool, int, float, str, a model, or
                ``list[Model]``, of the rows of a table.
            fields: names of the fields to read, as for :meth:`get`; the other parts of a reading are None.
            timeout: seconds, for all of a list together; None waits for ever; the Context's if not given.
            server: address of the server to ask, ``"host[:port]"``, instead of a search.

        Returns:
            A reading; of a list of names a list of these.

        Raises:
            ValueError: a value is not what ``as_`` takes, or damaged; the text names the PV.
            CodecNotAvailable: the library of an image's codec is not installed.
            RemoteError, Timeout, Disconnected, Closed: as :meth:`get`.
        """
        if isinstance(name, str):
            value = await self.get(name, fields=fields, timeout=timeout, server=server)
            return await _read(name, value, as_)
        names = list(name)
        values = await self.get(names, fields=fields, timeout=timeout, server=server)
        return [await _read(one, value, as_) for one, value in zip(names, values, strict=True)]

    async def write(
        self,
        name: str | Mapping[str, object],
        value: object = ...,
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> None:
        """Write an object to a PV by what the PV is: the inverse of :meth:`read`.

        Args:
            name: of the PV; or a dict of names and objects, written at the same time.
            value: what ``aiopvxs.nt.assign()`` takes: a number, text, array, table, image, Enum, model or
                reading; a dict of fields. The choices of an enum are fetched where they are needed.
            wait: as for :meth:`put`.
            process: as for :meth:`put`.
            timeout: seconds; None waits for ever; the Context's if not given.
            server: address of the server to ask, ``"host[:port]"``, instead of a search.

        Raises:
            DataError, ValueError, TypeError: the object does not fit the PV; the text names the PV.
            RemoteError, Timeout, Disconnected, Closed: as :meth:`put`.
        """
        if isinstance(name, Mapping):
            if value is not ...:
                raise TypeError("write() takes a dict of names and objects, or a name and an object")
            many = {one: Written(given) for one, given in name.items()}
            await self.put(many, wait=wait, process=process, timeout=timeout, server=server)
            return
        if value is ...:
            raise TypeError(f"write {name!r} is given no value")
        await self.put(name, Written(value), wait=wait, process=process, timeout=timeout, server=server)


async def _read(name: str, value: Value, as_: Any) -> Any:
    from aiopvxs_nt import CodecNotAvailable, unwrap
    from aiopvxs_nt._convert import convert
    from aiopvxs_nt.image import is_packed

    try:
        reading = unwrap(value)
        if is_packed(reading):
            await asyncio.to_thread(getattr, reading, "value")
        return reading if as_ is None else convert(reading, as_)
    except CodecNotAvailable as exc:
        raise CodecNotAvailable(f"PV {name!r}: {exc}", name=exc.name) from exc
    except (ValueError, TypeError) as exc:
        raise _named(name, exc) from exc


def _named(name: str, exc: Exception) -> Exception:
    """Return an error of the same kind whose text begins with the PV's name."""
    text = f"PV {name!r}: {exc}"
    return TypeError(text) if isinstance(exc, TypeError) else ValueError(text)
