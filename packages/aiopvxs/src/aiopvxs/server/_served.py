"""What SharedPV and Handler have in common: functions that answer clients."""

from __future__ import annotations

import asyncio
import inspect
import itertools
import weakref
from collections.abc import Callable
from types import CodeType
from typing import Any, Literal, Protocol, TypeVar

from aiopvxs_core import server as core
from aiopvxs_core.data import TypeCodeEnum, TypeDef, Value
from aiopvxs_core.server import Notice

from ._assigned import Assign, changes, structure_of
from ._gates import review_pv
from ._lane import Lane, Serial, check_serial
from ._operation import Operation
from ._runner import Runner, serves

__all__ = ["OnLeave", "Served", "TypeBuilder", "taking_op", "type_of"]

OnLeave = Literal["finish", "cancel"]
_F = TypeVar("_F", bound=Callable[..., Any])

_keys = itertools.count(1)


class TypeBuilder(Protocol):
    """What knows a type: ``NTScalar(…)`` and its like."""

    def build(self) -> TypeDef:
        """Return the type."""


class Served:
    """A PV with handlers: functions given to its decorators, or methods of a subclass.

    A handler takes ``(pv, op)`` or ``(op)``, is a plain function or a coroutine function, and runs on the
    event loop on which the server was started. Whatever becomes of it, the client is answered: what it
    returns is success, an exception the error that the client gets.
    """

    _core: core.SharedPV
    _asg: str | None = None
    _asl = 1
    _assign: Assign | None = None
    _open_to_all = False  # no access security holds

    @property
    def asg(self) -> str | None:
        """The access security group, of the rules that a server has; None: DEFAULT.

        Another one holds at once, for those who are connected too.
        """
        return self._asg

    @asg.setter
    def asg(self, asg: str | None) -> None:
        self._set_group(asg, self._asl)
        review_pv(self)

    @property
    def asl(self) -> int:
        """The access security level: 0 or 1; rules of a lower level do not hold for it."""
        return self._asl

    @asl.setter
    def asl(self, asl: int) -> None:
        self._set_group(self._asg, asl)
        review_pv(self)

    def _set_group(self, asg: str | None, asl: int) -> None:
        group: object = asg
        if group is not None and (not isinstance(group, str) or not group):
            raise ValueError(f"asg is the name of an access security group, which {asg!r} is not")
        if asl not in (0, 1):
            raise ValueError(f"asl is 0 or 1, not {asl!r}")
        self._asg, self._asl = asg, int(asl)

    def _set_up_handlers(
        self,
        *,
        writable: bool,
        serial: Serial,
        max_waiting: int,
        handler_timeout: float | None,
        on_leave: OnLeave | None,
    ) -> None:
        check_serial(serial, max_waiting)
        if handler_timeout is not None and not handler_timeout > 0:
            raise ValueError(f"handler_timeout is a time in seconds, which {handler_timeout!r} is not")
        if on_leave not in (None, "finish", "cancel"):
            raise ValueError(f'on_leave is "finish", "cancel" or None, not {on_leave!r}')
        self._writable = writable
        self._serial: Serial = serial
        self._max_waiting = max_waiting
        self._on_leave = on_leave
        self._key = next(_keys)
        self._names: set[str] = set()
        self._functions: dict[str, Callable[[Operation], object]] = {}
        self._coroutines: set[str] = set()  # kinds whose functions do nothing until they are awaited
        self._connects: dict[Notice, Callable[[Any], object]] = {}
        self._lanes: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Lane] | None = (
            None  # most need none
        )
        self._latest_lane: tuple[weakref.ref[asyncio.AbstractEventLoop], Lane] | None = None
        self._core = core.SharedPV(writable, self._key)
        self._seconds = handler_timeout
        self._core.limit(handler_timeout or 0.0)
        serves(self._key, self)
        for kind in ("get", "put", "rpc"):
            method = getattr(type(self), kind, None)
            if callable(method):
                self._check_writable(kind)
                self._set_function(kind, method.__get__(self))
        self._announce()

    def _check_writable(self, kind: str) -> None:
        if kind == "put" and not self._writable:
            raise TypeError(f"{self._core.label} is read-only: it takes no put, and needs no handler of puts")

    def _announce(self) -> None:
        have = self._functions
        self._core.call(
            get="get" in have, put="put" in have, rpc="rpc" in have, connects=bool(self._connects)
        )

    def _register(self, kind: str, function: _F) -> _F:
        self._check_writable(kind)
        self._set_function(kind, function)
        self._announce()
        return function

    def _set_function(self, kind: str, function: Callable[..., object]) -> None:
        self._functions[kind] = taking_op(function, self)
        self._coroutines.discard(kind)
        if _is_coroutine_function(function):
            self._coroutines.add(kind)

    def on_put(self, function: _F) -> _F:
        """Decorate the function that runs at a client's put, instead of storing what was sent.

        To store it: ``pv.post(op.value)``. It returns nothing.
        """
        return self._register("put", function)

    def on_rpc(self, function: _F) -> _F:
        """Decorate the function that answers RPCs.

        It returns a Value, a reading, a dict, a model such as a dataclass; a plain value or a list of dicts
        or models, which becomes the field ``value`` of the result; or None, an empty result.
        """
        return self._register("rpc", function)

    def on_get(self, function: _F) -> _F:
        """Decorate the function that runs at a client's get.

        It returns what a post takes, laid over the present value for this client alone; a Value of the PV's
        structure; or None for the present value, which it may have posted.
        """
        return self._register("get", function)

    def on_first_connect(self, function: _F) -> _F:
        """Decorate the function, of ``(pv)``, that is called when the PV has its first client.

        Decorate before the PV is served.
        """
        self._connects[Notice.first_connect] = function
        self._announce()
        return function

    def on_last_disconnect(self, function: _F) -> _F:
        """Decorate the function, of ``(pv)``, that is called when the PV's last client has gone."""
        self._connects[Notice.last_disconnect] = function
        self._announce()
        return function

    def _result_of_get(self, given: object) -> Value:
        """Return the answer to a get, of what its handler returned.

        Raises:
            NoConvert, FieldLookupError, ValueError: it does not fit the PV.
            Closed: the PV is not open.
        """
        if (structure := structure_of(given)) is not None:
            return structure
        present = self._core.fetch()
        if given is None:
            return present
        delta = changes(self._core, given, self._assign)
        self._core.set_time(delta)
        present.assign(delta)
        return present

    def _function(self, kind: str) -> Callable[[Operation], object] | None:
        return self._functions.get(kind)

    def _lane(self, loop: asyncio.AbstractEventLoop) -> Lane:
        if (latest := self._latest_lane) is not None and latest[0]() is loop:
            return latest[1]
        if self._lanes is None:
            self._lanes = weakref.WeakKeyDictionary()
        lane = self._lanes.get(loop)
        if lane is None:
            lane = self._lanes[loop] = Lane(self._serial, self._max_waiting)
        self._latest_lane = weakref.ref(loop), lane
        return lane

    def _holds(self, kind: str) -> bool:
        """Tell whether puts wait for a handler of this kind."""
        return kind == "put" and (self._serial is True or self._serial == "replace")

    def _finishes(self, kind: str) -> bool:
        """Tell whether a handler goes on when its client has gone."""
        return self._on_leave == "finish" if self._on_leave else kind == "put"

    def _told(self, runner: Runner, notice: Notice) -> None:
        function = self._connects.get(notice)
        if function is not None:
            runner.call(self._key, lambda: function(self))


def _is_coroutine_function(function: Callable[..., object]) -> bool:
    """Tell whether to call it does no more than to make a coroutine, whatever it is marked as."""
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return isinstance(code, CodeType) and bool(code.co_flags & inspect.CO_COROUTINE)


def taking_op(function: Callable[..., object], pv: Served) -> Callable[[Operation], object]:
    """Return a function of ``(op)``."""
    if not callable(function):
        raise TypeError(f"A handler is a function, not {function!r}")
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(function).parameters.values()
    count = sum(each.kind in kinds and each.default is each.empty for each in parameters)
    if count == 1:
        return function
    if count == 2 or (count == 0 and any(each.kind is each.VAR_POSITIONAL for each in parameters)):
        reference = weakref.ref(pv)  # the PV holds this function
        return lambda op: function(reference(), op)
    raise TypeError(f"A handler takes (pv, op) or (op), which {function!r} does not")


def type_of(nt: TypeBuilder | TypeDef) -> TypeDef:
    """Return the structure type of a PV.

    Raises:
        TypeError: it is none.
    """
    built: object = nt
    if not isinstance(nt, (TypeDef, type)) and callable(getattr(nt, "build", None)):
        built = nt.build()
    if not isinstance(built, TypeDef):
        raise TypeError(f"A PV's type is a TypeDef, or has build() to make one; {nt!r} is neither")
    if built.code != TypeCodeEnum.Struct:
        raise TypeError(f"A PV holds a structure, which {nt!r} is not")
    return built
