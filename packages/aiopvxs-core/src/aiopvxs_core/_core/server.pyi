"""Servers, sources and process variables."""

import enum
from collections.abc import Mapping, Sequence
from typing import Literal, final

from .data import Value
from .queue import CompletionQueue

class SharedPVStat:
    """How a PV is being used."""

    @property
    def channels(self) -> int:
        """Channels that clients have open."""

    @property
    def waiting(self) -> int:
        """Operations and subscriptions that wait for the PV to be opened."""

    @property
    def subscribers(self) -> int:
        """Active subscriptions."""

    @property
    def squashed(self) -> int:
        """Updates squashed before they were sent, of all subscriptions ever."""

class Handler:
    """What serves the channels of a PV."""

    @property
    def label(self) -> str:
        """The PV as messages name it."""

class SharedPV(Handler):
    """A PV that stores a value for its clients."""

    def __init__(self, writable: bool, key: int = 0) -> None:
        """Make a closed PV; clients may write it, or not. Executors know it by key."""

    def call(self, *, get: bool, put: bool, rpc: bool, connects: bool) -> None:
        """Say for what the executor is called: each Operation of these kinds, first and last channel."""

    def limit(self, seconds: float) -> None:
        """Give such operations so many seconds, 0: any number."""

    def serve_monitors(self, stored: bool, awaited: bool) -> None:
        """Say what subscribers get: the stored value at once, nothing before the next post, or an error."""

    def serve_rpc_only(self) -> None:
        """Refuse everything but RPCs."""

    @staticmethod
    def set_time(value: Value) -> None:
        """Set the timeStamp of a structure to now, unless it is marked."""

    def overlay(self, delta: Value) -> Value:
        """Return the present value with the marked leaves of delta, which alone are marked, laid over it."""

    def refuse_subscribers(self, text: str) -> None:
        """Answer those who wait for a first update with an error."""

    def open(self, initial: Value) -> None:
        """Serve a copy of initial."""

    def post(self, delta: Value) -> None:
        """Send what is marked in delta to all who subscribed."""

    def post_usual(self, given: object) -> bool:
        """Post a structure, or a number, str or ndarray as the field value, now.

        False if it is something else or does not fit: nothing is changed then.
        """

    def post_own(self, delta: Value) -> None:
        """Post what cloneEmpty() returned; it is Null afterwards."""

    def close(self) -> bool:
        """Disconnect the clients in the background; False if it was closed already."""

    def fetch(self) -> Value:
        """Return a copy of the present value."""

    def cloneEmpty(self) -> Value:
        """Return an empty Value of the PV's type."""

    @property
    def is_open(self) -> bool:
        """True between open() and close()."""

    def stat(self) -> SharedPVStat:
        """Return how the PV is being used."""

class Source:
    """A table of PVs by name."""

    def __init__(self, hidden: bool = False) -> None:
        """Make one; what is hidden is served, but neither found nor listed."""

    def add(self, name: str, handler: Handler) -> bool:
        """Serve a PV; False if the name is taken."""

    def remove(self, name: str) -> bool:
        """Forget a PV and disconnect its clients in the background; False if there is none."""

    def names(self) -> list[str]:
        """Return the names of the PVs, sorted."""

class AskingSource(Source):
    """A source that asks Python."""

    def __init__(
        self,
        *,
        key: int,
        names: Sequence[str],
        patterns: Sequence[str],
        finds: bool,
        negative_ttl: float,
        deny_ttl: float,
    ) -> None:
        """Claim names and patterns; push each channel, as an Opening, and each other name, as Sought."""

    def found(self, name: str, exists: bool) -> None:
        """Answer a Sought."""

    def deny(self, name: str, account: str, peer: str) -> None:
        """Do not accept this client's channel for a while."""

class Sought:
    """A name for which a client searches."""

    @property
    def key(self) -> int:
        """The key of the source."""

    @property
    def name(self) -> str:
        """The name."""

class Opening:
    """A channel that waits for what serves it."""

    @property
    def key(self) -> int:
        """The key of the source."""

    @property
    def number(self) -> int:
        """What it is told of by."""

    @property
    def name(self) -> str:
        """Name of the PV."""

    @property
    def peer(self) -> str:
        """Address of the client, host:port."""

    @property
    def account(self) -> str:
        """The user that the client says it is."""

    @property
    def method(self) -> str:
        """How it says so."""

    def roles(self) -> list[str]:
        """Look up the groups of the account, sorted. This may block."""

    def resolve(self, handler: Handler) -> bool:
        """Let it be served; False if that was decided before, or it has ended."""

    def refuse(self, text: str) -> bool:
        """Answer what waits with an error and close it; False if that was decided before."""

@final
class Operation:
    """A get, put or RPC that waits for its answer."""

    @property
    def key(self) -> int:
        """The key of the handler that it is for."""

    @property
    def number(self) -> int:
        """What it is told of by."""

    @property
    def kind(self) -> Literal["get", "put", "rpc"]:
        """What the client asks for."""

    @property
    def name(self) -> str:
        """The name under which the client knows the PV."""

    @property
    def peer(self) -> str:
        """Address of the client, host:port."""

    @property
    def account(self) -> str:
        """The user that the client says it is."""

    @property
    def method(self) -> str:
        """How it says so."""

    def roles(self) -> list[str]:
        """Look up the groups of the account, sorted. This may block."""

    @property
    def request(self) -> Value:
        """A copy of the pvRequest."""

    @property
    def argument(self) -> Value:
        """What the client sent with a put or RPC."""

    @property
    def answered(self) -> bool:
        """True once it is answered, or the client no longer wants an answer."""

    @property
    def cancelled(self) -> bool:
        """True once the client no longer wants an answer."""

    def reply(self, value: Value | None = None, later: bool = False, /) -> bool:
        """Answer, with a copy of value unless it is a put; False if it was answered or cancelled before.

        Later: ``Executor.flush()`` sends it, or 10 ms.
        """

    def error(self, text: str, /) -> bool:
        """Refuse; False if it was answered or cancelled before."""

    def log(self, warning: bool, text: str, /) -> None:
        """Send a text beside the answer."""

class Notice(enum.Enum):
    """What became of an operation or a handler."""

    left = ...
    expired = ...
    stopped = ...
    first_connect = ...
    last_disconnect = ...
    channel_closed = ...
    subscribed = ...
    unsubscribed = ...

class Told:
    """That something became of an operation or a handler."""

    @property
    def notice(self) -> Notice:
        """What became of it."""

    @property
    def about(self) -> int:
        """The number of the operation, or the key of the handler."""

class Executor:
    """Where a server runs handlers."""

    def __init__(self) -> None:
        """Make one that takes nothing yet."""

    def attach(self, queue: CompletionQueue, token: int) -> None:
        """From now on push each Operation, and each Told, to a queue."""

    def flush(self) -> None:
        """Send the answers that were to be sent later."""

    def detach(self) -> None:
        """Take nothing more: operations are answered with an error."""

class AccessRules:
    """An access security file, judged by EPICS's asLib."""

    def __init__(self, text: str, macros: Sequence[tuple[str, str]]) -> None:
        """Load rules. ValueError with what asLib says of mistakes; this may ask DNS."""

    def judge(self, group: str, level: int, credentials: list[str], host: str) -> tuple[int, bool]:
        """Return what a client may with all of these credentials (0 nothing, 1 read, 2 write).

        And whether TRAPWRITE says to tell of it. This may ask DNS.
        """

class Guarded:
    """A channel whose client was let in."""

    @property
    def key(self) -> int:
        """The key of the handler that it is for."""

    @property
    def name(self) -> str:
        """Name of the PV."""

    @property
    def peer(self) -> str:
        """Address of the client, host:port."""

    @property
    def account(self) -> str:
        """The user that the client says it is."""

    @property
    def method(self) -> str:
        """How it says so."""

    def roles(self) -> list[str]:
        """Look up the groups of the account, sorted. This may block."""

    def revoke(self) -> None:
        """Close it, in the background."""

class Question:
    """May a client do something? No, if nobody answers."""

    @property
    def key(self) -> int:
        """The key of the handler that it is for."""

    @property
    def name(self) -> str:
        """Name of the PV."""

    @property
    def peer(self) -> str:
        """Address of the client, host:port."""

    @property
    def account(self) -> str:
        """The user that the client says it is."""

    @property
    def method(self) -> str:
        """How it says so."""

    def roles(self) -> list[str]:
        """Look up the groups of the account, sorted. This may block."""

    @property
    def write(self) -> bool:
        """It needs to write; otherwise to read."""

    @property
    def what(self) -> str:
        """One of read, monitor, put and rpc."""

    def allow(self, granted: int = 0) -> bool:
        """Let it; nothing that needs what is granted (0 nothing, 1 read, 2 write) is asked about again.

        False if it was answered before, or nobody waits.
        """

    def deny(self, text: str) -> bool:
        """Refuse it; False as above."""

class Access:
    """The restrictions of one server."""

    def __init__(self) -> None:
        """Make one."""

    def renew(self, key: int = 0) -> list[Guarded]:
        """Ask about everything anew, of one handler or, if 0, of all; return those who had been let in."""

def restrict(executor: Executor, access: Access) -> None:
    """Let Python decide what clients may. Before any is served."""

class Server:
    """A PVAccess server."""

    def __init__(self, settings: Mapping[str, str], executor: Executor | None = None) -> None:
        """Bind the sockets; the environment is not read. A TCP port in use is replaced by another."""

    def start(self) -> None:
        """Answer clients. Waits for a stop that is under way."""

    def stop(self, grace: float = 0.0) -> None:
        """Disconnect the clients, in the background.

        Operations in progress have grace seconds, and are then answered with an error.
        """

    def wait_stopped(self, timeout: float) -> bool:
        """Wait until stop() has done its work; False after timeout seconds, negative: for ever."""

    @property
    def running(self) -> bool:
        """True between start() and stop()."""

    @property
    def settings(self) -> dict[str, str]:
        """The effective EPICS_PVAS_* and EPICS_PVA_* settings, with the ports in use."""

    def add_source(self, name: str, source: Source, order: int) -> bool:
        """Add a source; False if there is one of that name and order."""

    def remove_source(self, name: str, order: int) -> bool:
        """Ask a source no more; False if there is none of that name and order."""

    def list_sources(self) -> list[tuple[str, int]]:
        """Return the name and order of each source."""

    def report(
        self,
    ) -> list[
        tuple[str, str, str, int, int, list[tuple[str, int, int, int, int, list[tuple[int, int, int]]]]]
    ]:
        """Return (peer, account, method, tx, rx, channels) of each connection.

        Channels are (name, tx, rx, subscriptions, squashed, queues), queues (queued, max_queued, limit).
        """

    def announce(self) -> None:
        """Let the next beacon tell that PVs were added: waiting clients then search at once."""
