"""RPC services: functions whose annotations say what they are asked with."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from aiopvxs_core.errors import RemoteError

from ._convert import describe, from_query, hints_of
from ._operation import Operation
from ._result import result_of
from ._served import Served

__all__ = ["Service", "service", "services_of"]

_T = TypeVar("_T", bound=Callable[..., Any])

_MARK = "__aiopvxs_service__"


def service(name: str) -> Callable[[_T], _T]:
    """Decorate a function to be served as an RPC, under ``name``; or a class of them, under a prefix.

    The query of an NTURI is checked against the function's annotations; an argument that is missing, unknown
    or of another type is an error that tells the client which there are. Of a class, the methods without a
    leading underscore are served under the prefix and their own name, or that which ``service`` gives them.
    The function stays what it was. ``Server(services=[add, Calculator()])`` serves both;
    ``Server({"name": add})`` serves a function under another name.

    A parameter annotated as :class:`Operation` is given the operation. A result is checked against its
    annotation, which also says its type: of ``list[float]`` an empty list is an array of doubles.

    Example::

        @service("calc:add")
        async def add(a: float, b: float = 1.0) -> float:
            return a + b
    """
    given: object = name
    if not isinstance(given, str) or not given:
        raise ValueError(f"A service is named by a str that is not empty, not by {name!r}")

    def mark(function: _T) -> _T:
        setattr(function, _MARK, name)
        return function

    return mark


class Service(Served):
    """A PV that answers RPCs alone, by a function.

    Args:
        function: its parameters have annotations; those without are given what the client sends.
    """

    def __init__(self, function: Callable[..., object]) -> None:
        self._call = function
        self._is_coroutine = inspect.iscoroutinefunction(_called(function))
        self._signature = inspect.signature(function)
        hints = hints_of(_called(function))
        self._hints = {name: hints.get(name, Any) for name in self._signature.parameters}
        self._made = result_of(hints.get("return", Any))
        kinds = [each.kind for each in self._signature.parameters.values()]
        if inspect.Parameter.POSITIONAL_ONLY in kinds or inspect.Parameter.VAR_POSITIONAL in kinds:
            raise TypeError(
                f"{function!r} cannot be a service: RPCs name their arguments, and it has some without names"
            )
        self._set_up_handlers(writable=False, serial=True, max_waiting=0, handler_timeout=None, on_leave=None)
        self._core.serve_rpc_only()
        self.on_rpc(self._answer)

    def _answer(self, op: Operation) -> object:
        arguments = self._arguments(op)
        if (
            self._is_coroutine
        ):  # called in there: a call that is cancelled before it begins leaves nothing behind
            return self._later(lambda: self._call(**arguments))
        result = self._call(**arguments)
        if inspect.isawaitable(result):
            return self._later(lambda: result)
        return self._made(result)

    async def _later(self, begin: Callable[[], Any]) -> object:
        return self._made(await begin())

    def _arguments(self, op: Operation) -> dict[str, object]:
        query = op.query
        wanted = self._signature.parameters
        arguments: dict[str, object] = {}
        open_ended = False
        for name, parameter in wanted.items():
            hint = self._hints[name]
            if hint is Operation:
                arguments[name] = op
            elif parameter.kind is parameter.VAR_KEYWORD:
                open_ended = True
            elif name in query:
                arguments[name] = self._converted(op.name, name, query.pop(name), hint)
            elif parameter.default is parameter.empty:
                raise RemoteError(f"{op.name}: the argument {name} is missing; {self.usage()}")
        query.pop(next((name for name, hint in self._hints.items() if hint is Operation), ""), None)
        if query and not open_ended:
            raise RemoteError(f"{op.name}: there is no argument {', '.join(query)}; {self.usage()}")
        arguments.update(query)
        return arguments

    def _converted(self, service: str, name: str, given: object, hint: Any) -> object:
        try:
            return from_query(given, hint)
        except (TypeError, ValueError) as error:
            raise RemoteError(f"{service}: the argument {name} is {error}; {self.usage()}") from None

    def usage(self) -> str:
        """Return the arguments as a sentence that clients are told."""
        told = [
            f"{name}: {describe(self._hints[name])}"
            + ("" if each.default is each.empty else f" = {each.default!r}")
            for name, each in self._signature.parameters.items()
            if self._hints[name] is not Operation and each.kind is not each.VAR_KEYWORD
        ]
        return f"its arguments are ({', '.join(told)})" if told else "it has no arguments"

    def __repr__(self) -> str:
        return f"<aiopvxs.server.Service {self._core.label}, {self._call!r}>"


def _called(function: Callable[..., object]) -> Callable[..., object]:
    """Return what runs: an object is called by its class's method."""
    return function if inspect.isroutine(function) else type(function).__call__


def services_of(given: object) -> dict[str, Service]:
    """Return the services of a function or of an object, by name.

    Raises:
        TypeError: it was not decorated.
    """
    name = getattr(given, _MARK, None)
    if not isinstance(name, str) or isinstance(given, type):
        hint = ", but a class: give an object of it" if isinstance(given, type) else ""
        raise TypeError(f"{given!r} is no service, decorated with @service{hint}")
    if inspect.isroutine(given):
        return {name: Service(given)}
    found: dict[str, Service] = {}
    for attribute, _ in inspect.getmembers(type(given), inspect.isroutine):
        if not attribute.startswith("_"):
            method = getattr(given, attribute)
            own = getattr(method, _MARK, attribute)
            found[f"{name}{own}"] = Service(method)
    if not found:
        raise TypeError(f"{given!r} has no methods that could be services")
    return found
