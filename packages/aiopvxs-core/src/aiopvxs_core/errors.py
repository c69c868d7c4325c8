"""The exceptions of aiopvxs.

::

    Error
     ├─ RemoteError(RuntimeError)      the server refused; the text is the server's
     ├─ Disconnected(ConnectionError)  the connection was lost during the operation
     ├─ Timeout(TimeoutError)          no answer in time
     ├─ Overflow                       a monitor's queue overflowed under overflow="error"
     ├─ NotSupported                   the installed core line lacks this
     ├─ Closed(RuntimeError)           the Context, Server or Subscription was closed
     ├─ Forked                         the process was forked from one that used PVXS
     └─ DataError
         ├─ NoField(KeyError)          a Null value, or a field that its type does not have
         ├─ FieldLookupError(KeyError) no field of that path
         └─ NoConvert(TypeError, ValueError)
             ├─ OutOfRange(OverflowError)  the number does not fit the field
             └─ ShapeError                 the array has not one dimension
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime

__all__ = [
    "Closed",
    "DataError",
    "Disconnected",
    "Error",
    "FieldLookupError",
    "Forked",
    "NoConvert",
    "NoField",
    "NotSupported",
    "OutOfRange",
    "Overflow",
    "RemoteError",
    "ShapeError",
    "Timeout",
]


class Error(Exception):
    """Base of everything that aiopvxs raises of its own."""


class _OperationError(Error):
    """An error of one operation on one PV.

    Attributes:
        pv: name of the PV, None where the error belongs to none.
        peer: address of the server, "host:port", None where pvxs does not tell it.
    """

    pv: str | None
    peer: str | None

    def __init__(self, message: str = "", *, pv: str | None = None, peer: str | None = None) -> None:
        super().__init__(message)
        self.pv = pv
        self.peer = peer

    def __reduce__(self) -> tuple[object, ...]:
        # keyword-only attributes travel in the state, which Exception.__setstate__ applies
        return (type(self), self.args, self.__dict__)


class RemoteError(_OperationError, RuntimeError):
    """The server refused the operation; the text is the server's, verbatim."""


class Disconnected(_OperationError, ConnectionError):
    """The connection to the server was lost during the operation.

    Attributes:
        time: when it was noticed (timezone-aware UTC).
    """

    time: datetime | None

    def __init__(
        self,
        message: str = "",
        *,
        pv: str | None = None,
        peer: str | None = None,
        time: datetime | None = None,
    ) -> None:
        super().__init__(message, pv=pv, peer=peer)
        self.time = time


if sys.version_info >= (3, 11):
    _TimeoutBase = TimeoutError  # and asyncio.TimeoutError is the same class
else:

    class _TimeoutBase(asyncio.TimeoutError, TimeoutError):
        pass


class Timeout(_OperationError, _TimeoutBase):
    """No answer within the given time.

    Attributes:
        phase: how far it came: "connect" (the PV was not found), "init" (found, but the server has not
            accepted the operation), "exec" (accepted, but not answered).
    """

    phase: str | None

    def __init__(
        self,
        message: str = "",
        *,
        pv: str | None = None,
        peer: str | None = None,
        phase: str | None = None,
    ) -> None:
        super().__init__(message, pv=pv, peer=peer)
        self.phase = phase


class Overflow(_OperationError):
    """A monitor's queue overflowed under ``overflow="error"``."""


class NotSupported(Error):
    """The installed core line lacks this feature."""


class Closed(_OperationError, RuntimeError):
    """The Context, Server or Subscription was closed; what was pending ends with this."""


class Forked(Error):
    """The process was forked from one that had made a Context or a Server, of which nothing works in it.

    PVXS's threads do not survive ``os.fork()``. Use the start method "spawn" or "forkserver" of
    multiprocessing, or make the first Context or Server after the fork.
    """


class DataError(Error):
    """Base of the errors of types and values."""


class _Sentence(DataError, KeyError):
    # KeyError shows the repr of its argument; these messages are sentences
    __str__ = Exception.__str__


class NoField(_Sentence):
    """A Null value, or a field which the type does not have."""


class FieldLookupError(_Sentence):
    """No field has that path (``pvxs::LookupError``)."""


class NoConvert(DataError, TypeError, ValueError):
    """The object cannot be stored in the field, or the field not be read as that type, without loss."""


class OutOfRange(NoConvert, OverflowError):
    """The number does not fit the field."""


class ShapeError(NoConvert):
    """The array has not exactly one dimension."""
