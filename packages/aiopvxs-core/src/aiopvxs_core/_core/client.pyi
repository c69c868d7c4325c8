"""Client contexts and operations."""

from asyncio import AbstractEventLoop, Future
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from enum import Enum
from typing import Any, Literal, final

from typing_extensions import Self

from .data import Value
from .queue import CompletionQueue

class FailureKind(Enum):
    """Why an operation failed."""

    remote = 0
    disconnected = 1
    closed = 2
    error = 3

class Failure:
    """The end of an operation that failed."""

    @property
    def kind(self) -> FailureKind:
        """Why it failed."""

    @property
    def text(self) -> str:
        """What the server or PVXS says."""

    @property
    def peer(self) -> str | None:
        """Address of the server, None if PVXS does not tell it."""

class OverflowPolicy(Enum):
    """What becomes of an update for which a subscription has no room."""

    squash = 0
    drop_oldest = 1
    block = 2
    error = 3

@final
class NextUpdate:
    """What anext() of a subscription gives: awaitable once."""

    def __await__(self) -> Generator[Any, Any, Any]: ...
    def __iter__(self) -> Self: ...
    def __next__(self) -> object: ...
    def send(self, value: object, /) -> object:
        """Go on, as a coroutine does."""

    def throw(self, *args: object) -> object:
        """Raise an exception where this waits, as a coroutine does."""

    def close(self) -> None:
        """Wait no longer."""

class Prototype:
    """A put's request for the value to send."""

    @property
    def value(self) -> Value:
        """An empty Value of the PV's type, or the present value if the put asked for it."""

    @property
    def link(self) -> int:
        """Which connection of the channel this is true of."""

class Request:
    """A pvRequest."""

    def __init__(self, fields: Sequence[str], options: Sequence[tuple[str, str]], exclusive: bool) -> None:
        """Make one from field names and record._options."""

    @staticmethod
    def parse(expression: str, exclusive: bool) -> Request:
        """Make one from an expression like "field(value)record[process=true]"."""

    @property
    def value(self) -> Value:
        """The pvRequest structure, as it is sent."""

class Subscription:
    """A monitor of one PV, which ends with this object."""

    def pause(self, stop: bool) -> None:
        """Tell the server to send no updates, or to send them again, on later connections too."""

    def close(self) -> None:
        """End it and drop what was not taken; nothing more is pushed."""

    @property
    def connected(self) -> bool:
        """True while the PV is connected."""

    @property
    def peer(self) -> str | None:
        """Address of the latest server, None before there was one."""

    @property
    def counts(self) -> SubscriptionCounts:
        """What became of the updates so far."""

class SubscriptionCounts:
    """What became of the updates of a subscription."""

    @property
    def arrived(self) -> int:
        """Taken from PVXS."""

    @property
    def received(self) -> int:
        """Taken by Python."""

    @property
    def queued(self) -> int:
        """Waiting."""

    @property
    def max_queued(self) -> int:
        """The most that ever waited."""

    @property
    def squashed(self) -> int:
        """United with the next."""

    @property
    def dropped(self) -> int:
        """Lost."""

    @property
    def bytes(self) -> int:
        """Of those waiting, about."""

class SubscriptionEvent:
    """What happened to a subscription besides updates."""

    @property
    def kind(self) -> SubscriptionEventKind:
        """What it is; all but the first two are the end."""

    @property
    def text(self) -> str:
        """What the server or PVXS says of an error."""

    @property
    def peer(self) -> str | None:
        """Address of the server, None if it is not known."""

    @property
    def time(self) -> float:
        """When, in seconds since 1970: connected, disconnected and finished."""

class SubscriptionEventKind(Enum):
    """What happened to a subscription."""

    connected = 0
    disconnected = 1
    finished = 2
    remote = 3
    error = 4
    overflow = 5
    closed = 6

class Waiter:
    """One operation in progress."""

    def cancel(self) -> None:
        """End the operation; it completes no more."""

    def supply(self, value: Value, link: int) -> None:
        """Give the value that a Prototype asked for, with that prototype's link. Takes it away."""

    def fetch(self) -> None:
        """Ask for a Prototype with the PV's present value, which the put turned out to need."""

    @property
    def phase(self) -> Literal["connect", "init", "exec"]:
        """How far it has come."""

    @property
    def losses(self) -> int:
        """How often its connection was lost meanwhile."""

    @property
    def was_connected(self) -> bool:
        """Whether the PV was ever found."""

    @property
    def peer(self) -> str | None:
        """Address of the server of the latest answer, if any."""

class ChannelState:
    """How a channel's connection fares."""

    @property
    def connected(self) -> bool:
        """True if it is up."""

    @property
    def peer(self) -> str | None:
        """Address of the server, of a lost connection that of the server lost; None if not known."""

    @property
    def time(self) -> float:
        """Since when, in POSIX seconds."""

class Watch:
    """Is told the state of a channel and its changes."""

    def cancel(self) -> None:
        """Be told no more."""

class Channel:
    """A channel that is held open."""

    def watch(self, queue: CompletionQueue, token: int) -> Watch | None:
        """Have the present state and each change pushed; when this is closed None, when the Context is
        a Failure. None if this is closed already."""

    def close(self) -> None:
        """Hold it no longer."""

    @property
    def closed(self) -> bool:
        """True once close() was called."""

    @property
    def connected(self) -> bool:
        """True if the PV is connected."""

    @property
    def peer(self) -> str | None:
        """Address of the server; None if not connected, or not known yet."""

class Found:
    """A server was found, or is no longer there."""

    @property
    def online(self) -> bool:
        """True if it was found."""

    @property
    def server(self) -> str:
        """Address that it serves at."""

    @property
    def peer(self) -> str:
        """Address that this came from, empty for a server that fell silent."""

    @property
    def proto(self) -> str:
        """Protocol that it is served by."""

    @property
    def guid(self) -> bytes:
        """What the server calls itself: 12 bytes."""

    @property
    def time(self) -> float:
        """When, in POSIX seconds."""

    @property
    def peer_version(self) -> int:
        """Version of the protocol."""

class Discovery:
    """A search for servers."""

    def close(self) -> None:
        """End it, in the background."""

class Context:
    """A client Context and its channels."""

    def __init__(self, config: Mapping[str, str], max_channels: int, max_bytes: int) -> None:
        """Make one from EPICS_PVA_* settings; the environment is not read."""

    def get(
        self,
        name: str,
        request: Request,
        queue: CompletionQueue,
        token: int,
        deferred: bool = False,
        server: str = "",
    ) -> Waiter | None:
        """Start a get, on a warm channel with the next flush() if deferred; None if the Context is closed."""

    def flush(self) -> None:
        """Send what was deferred: gets of one PV share one request to the server."""

    def put(
        self,
        name: str,
        request: Request,
        queue: CompletionQueue,
        token: int,
        value: Value | None,
        link: int,
        needs_present: bool,
        deferred: bool = False,
        server: str = "",
        retry: bool = False,
    ) -> Waiter | None:
        """Start a put, on a warm channel with the next flush() if deferred.

        It may be executed again after a reconnect if retry. None if the Context is closed. Takes value away.
        """

    def rpc(
        self,
        name: str,
        request: Request,
        queue: CompletionQueue,
        token: int,
        argument: Value | None,
        retry: bool = False,
        server: str = "",
    ) -> Waiter | None:
        """Start an RPC, which may be executed again after a reconnect if retry.

        None if the Context is closed.
        """

    def info(self, name: str, queue: CompletionQueue, token: int, server: str = "") -> Waiter | None:
        """Start to ask for a PV's type; None if the Context is closed."""

    def monitor(
        self,
        name: str,
        request: Request,
        queue: CompletionQueue,
        token: int,
        max_queue: int | None,
        max_bytes: int | None,
        policy: OverflowPolicy,
        server: str = "",
        paused: bool = False,
    ) -> Subscription | None:
        """Start a Subscription, which pushes None when there is something to take.

        None if the Context is closed.
        """

    def prototype(self, name: str, request: Request, server: str = "") -> tuple[Value, int] | None:
        """Return the type for a put's value and its link, or None where it is not known yet."""

    def close(self, wait: bool) -> None:
        """End what is pending with Closed, then the Context: in the background unless wait."""

    @property
    def closed(self) -> bool:
        """True once close() was called."""

    @property
    def channel_count(self) -> int:
        """Number of channels with kept operations."""

    @property
    def config(self) -> dict[str, str]:
        """The effective configuration as EPICS_PVA_* settings."""

    def channel(self, name: str, server: str = "") -> Channel | None:
        """Hold a channel open; None if the Context is closed."""

    def report(self) -> list[tuple[str, int, int, list[tuple[str, int, int]]]] | None:
        """Return (peer, tx, rx, [(name, tx, rx), ...]) of each connection; None if the Context is closed.
        Waits for a worker."""

    def hurry_up(self) -> bool:
        """Search for all PVs not found so far; False if the Context is closed. Waits for a worker."""

    def cache_clear(self, name: str) -> bool:
        """Forget the unused channels of that PV, or of all if it is empty; False if the Context is closed.
        Waits for a worker."""

    def ignore_servers(self, guids: Sequence[bytes]) -> bool:
        """Ignore answers to searches of these servers only; False if the Context is closed. Waits for
        workers."""

    def discover(self, ping: bool, queue: CompletionQueue, token: int) -> Discovery | None:
        """Look for servers, and have each Found pushed, and a Failure when the Context is closed; None if it
        is. Waits for a worker."""

class Waking:
    """Ends the futures of those who wait for an update."""

    def __init__(self) -> None: ...
    @property
    def waiters(self) -> list[Future[None]]:
        """Futures of those who wait."""

    def receive(self, item: object, /) -> None:
        """End what waits."""

class Updates:
    """What was taken of a subscription, and waiting for more."""

    _over: bool
    _latest: Value | None

    def __init__(
        self, loop: AbstractEventLoop, waking: Waking, limit: int, max_bytes: int | None
    ) -> None: ...
    @property
    def _core(self) -> Subscription | None:
        """The core's Subscription, None while there is none."""

    @property
    def _loop(self) -> AbstractEventLoop:
        """The event loop on which it is iterated."""

    def __anext__(self) -> Awaitable[Any]: ...
    def _take(self) -> Value | SubscriptionEvent | None:
        """Remove the next item; None if there is none: a completion tells of more."""

    def _take_here(self) -> Value | SubscriptionEvent | None:
        """Remove the next of what was taken from the core already."""

    def _batch(self) -> Awaitable[list[Any]]:
        """Return what is awaited for a list of all that there is, up to the next event."""

    def _hand_out(self, callback: Callable[[Any], object], seconds: float, /) -> Any:
        """Call for each update; return what that cannot go on with.

        None: nothing is left. False: so many seconds have gone by, or it has ended. An item: it is no
        update, or somebody waits for one, and the callback has not got it. Else what the callback gave to
        be awaited.
        """

    def _drop(self) -> int:
        """Forget what was taken; return how many updates that were."""

    def _here(self) -> int:
        """Count the updates that were taken and not handed out."""

    def _follow(self, core: Subscription, /) -> None:
        """Take from this from now on."""

    def _wait(self) -> Future[None]:
        """Return a future that is done when there is something to take."""

    def _waited(self, future: Future[None], /) -> None:
        """It is not waited for any more."""
