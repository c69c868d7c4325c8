"""Reading and writing PVs by what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import EllipsisType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from ._base import Verbs

if TYPE_CHECKING:
    from aiopvxs_nt import Reading

__all__ = ["Read"]

_M = TypeVar("_M")
_Names = list[str] | tuple[str, ...]


class Read(Verbs):
    """Gives a Context ``read`` and ``write``."""

    @overload
    def read(
        self,
        name: str,
        *,
        as_: None = None,
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> Reading[Any]: ...
    @overload
    def read(
        self,
        name: str,
        *,
        as_: type[_M],
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> _M: ...
    @overload
    def read(
        self,
        name: _Names,
        *,
        as_: None = None,
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> list[Reading[Any]]: ...
    @overload
    def read(
        self,
        name: _Names,
        *,
        as_: type[_M],
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> list[_M]: ...
    def read(
        self,
        name: Any,
        *,
        as_: Any = None,
        fields: str | Iterable[str] | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> Any:
        """Read a PV, or a list of them, as what they mean (:meth:`aiopvxs.client.Context.read`)."""
        return self._thread.call(
            lambda: self._ctx.read(name, as_=as_, fields=fields, timeout=timeout, server=server)
        )

    def write(
        self,
        name: str | Mapping[str, object],
        value: object = ...,
        *,
        wait: bool | None = None,
        process: bool | str | None = None,
        timeout: float | EllipsisType | None = ...,
        server: str | None = None,
    ) -> None:
        """Write an object by what the PV is (:meth:`aiopvxs.client.Context.write`)."""
        self._thread.call(
            lambda: self._ctx.write(name, value, wait=wait, process=process, timeout=timeout, server=server)
        )
