"""Servers, sources and process variables."""

from collections.abc import Mapping

from .data import Value

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

    def __init__(self, writable: bool) -> None:
        """Make a closed PV; clients may write it, or not."""

    def open(self, initial: Value) -> None:
        """Serve a copy of initial."""

    def post(self, delta: Value) -> None:
        """Send what is marked in delta to all who subscribed."""

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

    def __init__(self) -> None: ...
    def add(self, name: str, handler: Handler) -> bool:
        """Serve a PV; False if the name is taken."""

    def remove(self, name: str) -> bool:
        """Forget a PV and disconnect its clients in the background; False if there is none."""

    def names(self) -> list[str]:
        """Return the names of the PVs, sorted."""

class Server:
    """A PVAccess server."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        """Bind the sockets; the environment is not read. A TCP port in use is replaced by another."""

    def start(self) -> None:
        """Answer clients. Waits for a stop that is under way."""

    def stop(self) -> None:
        """Disconnect the clients, in the background."""

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
    ) -> list[tuple[str, str, str, int, int, list[tuple[str, int, int, int, int]]]]:
        """Return (peer, account, method, tx, rx, channels) of each connection.

        Channels are (name, tx, rx, subscriptions, squashed).
        """

    def announce(self) -> None:
        """Let the next beacon tell that PVs were added: waiting clients then search at once."""
