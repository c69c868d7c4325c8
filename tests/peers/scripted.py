"""The scripted pvxs server, as the tests see it."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .build import program
from .line_process import LineProcess, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from typing_extensions import Self

Action = Literal["answer", "hold", "never", "refuse", "drop", "stop", "close"]
Phase = Literal["search", "create", "init", "exec"]
Kind = Literal["get", "put", "fetch", "rpc", "info", "monitor"]

SOURCE = Path(__file__).with_name("scripted_server.cpp")


class ScriptError(RuntimeError):
    """The scripted server could not do a command; the text is its own."""


class ScriptedServer:
    """A C++ pvxs server in a process of its own, isolated on loopback, which does what a test says.

    PVs have a type by name: ``"int32"``, ``"double"``, ``"string"``, ``"bool"`` and so on, arrays as
    ``"int32[]"`` (all of these NTScalar or NTScalarArray), ``"enum"`` (NTEnum), and ``"struct"`` (the fields
    ``value`` int, ``gain`` double, ``label`` string, ``data`` int array, ``inner.x`` int and ``inner.y``
    double). Fields are set from text: ``{"value": 5}``, ``{"value.choices": ["off", "on"]}``.

    Whatever a client does is an event, in order:

    =========  =============================================================================
    event      members besides ``pv``
    =========  =============================================================================
    create     ``channel``, ``peer``, ``accepted``
    close      ``channel``: its end, whoever ended it
    init       ``operation``, ``kind``, ``channel``, ``request`` (the pvRequest)
    exec       the same, ``request_kind`` (get, put, fetch, rpc), ``exec`` (its number within
               the operation), ``value`` (what a put marks; an RPC's argument)
    cancel     as exec: the client gave up an EXEC that was not answered (onCancel)
    start      ``operation``, ``start``: a monitor runs or pauses
    end        ``operation``, ``kind``: its end, whoever ended it
    =========  =============================================================================

    Args:
        address: The interface to serve at.
        tcp_port: 0 takes any.
        udp_port: The same.
        prefix: What its command begins with, as :attr:`peers.network.Host.prefix`.
    """

    def __init__(
        self,
        address: str = "127.0.0.1",
        *,
        tcp_port: int = 0,
        udp_port: int = 0,
        prefix: Sequence[str] = (),
    ) -> None:
        self._process = LineProcess([*prefix, str(program(SOURCE)), address, str(tcp_port), str(udp_port)])
        self._ids = itertools.count(1)
        self._killed = False
        ready = self._process.ready()
        self.config: dict[str, str] = ready["config"]
        """What a client on its host needs to reach this server, and nothing else: EPICS_PVA_* keys."""
        self.address: str = f"{address}:{ready['tcp_port']}"
        """Its TCP address, for ``server=`` arguments; the same after :meth:`stop` and :meth:`start`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process.

        Raises:
            ScriptError: It ended with an error status.
        """
        status = self._process.close()
        if status != 0 and not self._killed:
            raise ScriptError(f"The scripted server ended with status {status}.")

    def kill(self) -> None:
        """End the process as a crash does."""
        self._killed = True
        self._process.kill()

    # --- PVs

    def add(self, name: str, code: str = "int32", /, **fields: object) -> None:
        """Serve a PV. Keyword arguments set top fields; :meth:`set` reaches the others."""
        self._command("add", name, code, *_assignments(fields))

    def retype(self, name: str, code: str, fields: dict[str, object] | None = None) -> None:
        """Give a PV another type; operations initialised before keep the old one until a reconnect."""
        self._command("retype", name, code, *_assignments(fields or {}))

    def set(self, name: str, fields: dict[str, object]) -> None:
        """Change fields of the stored value; subscribers are not told."""
        self._command("set", name, *_assignments(fields))

    def fill(self, name: str, length: int, field: str = "value") -> None:
        """Make an array field 0, 1, 2 … of that length."""
        self._command("fill", name, field, str(length))

    def value(self, name: str) -> dict[str, Any]:
        """The stored value: what puts have written."""
        stored: dict[str, Any] = self._command("value", name)["value"]
        return stored

    def remove(self, name: str) -> None:
        """Close the channels of a PV and no longer find it."""
        self._command("remove", name)

    # --- behaviour

    def on(
        self,
        name: str,
        phase: Phase,
        kind: Kind | None,
        action: Action,
        *,
        text: str = "refused by the script",
        times: int | None = None,
    ) -> None:
        """Say what becomes of requests.

        Args:
            name: The PV.
            phase: ``search`` and ``create`` concern channels and have no kind.
            kind: Of which operation; ``fetch`` is the reading half of a put operation (no INIT of its own).
            action: ``answer`` now; ``hold`` until :meth:`release`; ``never``; ``refuse`` with ``text``; or
                no answer but ``drop`` (lose the TCP connections), ``stop`` (until :meth:`start`) or ``close``
                (the server ends the channel). A channel or search that is not answered is refused.
            text: The error text of a refusal.
            times: For the next so many requests; None: from now on.
        """
        occasion = phase if kind is None else f"{phase} {kind}"
        self._command("on", name, occasion, action, str(times or 0), text)

    def release(self, name: str, phase: Phase, kind: Kind, *, error: str | None = None) -> int:
        """Answer what is held there, with ``error`` if given; return how many requests were held."""
        words = [name, f"{phase} {kind}", *([] if error is None else [error])]
        return int(self._command("release", *words)["released"])

    def post(self, name: str, fields: dict[str, object]) -> int:
        """Store, and send to the subscribers, an update; return how many there are."""
        return int(self._command("post", name, *_assignments(fields))["subscribers"])

    def finish(self, name: str) -> None:
        """End the monitors of a PV in the regular way."""
        self._command("finish", name)

    def close_channels(self, name: str) -> int:
        """End the channels of a PV from the server's side, return how many; clients search again."""
        return int(self._command("close", name)["closed"])

    def drop(self) -> None:
        """Lose all TCP connections; the server is back at once, on the same port."""
        self._command("drop")

    def stop(self) -> None:
        """Stop serving: connections are lost, nothing is answered until :meth:`start`."""
        self._command("stop")

    def start(self) -> None:
        """Serve again, on the same port."""
        self._command("start")

    # --- what clients did

    def counts(self, name: str) -> dict[str, int]:
        """How often each thing happened: ``search``, ``create``, ``close``, ``init get``, ``exec put``,
        ``cancel get``, ``end monitor`` and so on. What did not happen counts 0."""
        return _Counts(self._command("counts", name)["counts"])

    def channels(self, name: str) -> int:
        """How many channels to a PV are open."""
        return int(self._command("channels", name)["channels"])

    def mark(self) -> int:
        """The end of the events of all that was answered so far, for ``since=``."""
        self._command("sync")
        return len(self._process.messages())

    def events(self, name: str | None = None, *, since: int = 0, **wanted: object) -> list[Message]:
        """All events with these members, those of all that was answered so far among them."""
        self._command("sync")
        accept = _accept(name, wanted)
        return [message for message in self._process.messages(since) if accept(message)]

    def printed(self, name: str) -> list[Message]:
        """The events called ``name`` of a server that has ended."""
        return [message for message in self._process.messages() if message.get("event") == name]

    def forget(self) -> None:
        """Drop the events so far, for tests that make very many; between commands."""
        self._process.forget()

    async def event(
        self, name: str, *, count: int = 1, since: int = 0, timeout: float = 20.0, **wanted: object
    ) -> Message:
        """Wait for the ``count``-th event called ``name`` with these members, earlier ones included.

        ``await server.event("exec", pv="x", kind="put", count=2)``
        """
        return await self._process.wait_async(
            _accept(name, wanted), count=count, start=since, timeout=timeout
        )

    def event_blocking(
        self, name: str, *, count: int = 1, since: int = 0, timeout: float = 20.0, **wanted: object
    ) -> Message:
        """As :meth:`event`, for tests without an event loop."""
        return self._process.wait(_accept(name, wanted), count=count, start=since, timeout=timeout)

    def _command(self, verb: str, *words: str) -> Message:
        number = str(next(self._ids))
        start = len(self._process.messages())
        self._process.send(
            " ".join([number, verb, *(json.dumps(word, ensure_ascii=False) for word in words)])
        )
        reply = self._process.wait(lambda message: message.get("reply") == number, start=start)
        if "error" in reply:
            raise ScriptError(reply["error"])
        return reply


class _Counts(dict[str, int]):
    def __missing__(self, key: str) -> int:
        return 0


def _accept(name: str | None, wanted: dict[str, object]) -> Callable[[Message], bool]:
    def accept(message: Message) -> bool:
        if "event" not in message or name not in (None, message["event"]):
            return False
        return all(message.get(key) == value for key, value in wanted.items())

    return accept


def _assignments(fields: dict[str, object]) -> list[str]:
    return [f"{name}={_text(value)}" for name, value in fields.items()]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(_text(item) for item in value)
    return str(value)
