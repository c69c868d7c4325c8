"""The configuration of a Server."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from .._settings import addresses, check, flag, port, seconds
from ._address import host_of, is_multicast, is_wildcard, port_of

__all__ = ["Config"]

# The settings of a server (pvxs ``server::Config``): how each is read, its default, and the client's
# setting that stands in for it within one environment or dict.
_KEYS = {
    "EPICS_PVAS_INTF_ADDR_LIST": (addresses, "", None),
    "EPICS_PVAS_BEACON_ADDR_LIST": (addresses, "", "EPICS_PVA_ADDR_LIST"),
    "EPICS_PVAS_AUTO_BEACON_ADDR_LIST": (flag, "YES", "EPICS_PVA_AUTO_ADDR_LIST"),
    "EPICS_PVAS_IGNORE_ADDR_LIST": (addresses, "", None),
    "EPICS_PVAS_SERVER_PORT": (port, "5075", "EPICS_PVA_SERVER_PORT"),
    "EPICS_PVAS_BROADCAST_PORT": (port, "5076", "EPICS_PVA_BROADCAST_PORT"),
    "EPICS_PVA_CONN_TMO": (seconds, "30.0", None),
}
_READERS = {name: reader for name, (reader, _, _) in _KEYS.items()} | {
    alias: reader for reader, _, alias in _KEYS.values() if alias
}
# a client's alone: a dict may describe both sides
_CLIENT_KEYS = ("EPICS_PVA_INTF_ADDR_LIST", "EPICS_PVA_NAME_SERVERS")


class Config(Mapping[str, str]):
    """Where and how a Server listens: a mapping of EPICS_PVAS_* settings that does not change.

    It is complete: nothing is added to it later. ``Config()`` holds the defaults of PVXS.

    Args:
        settings: EPICS_PVAS_* settings, or EPICS_PVA_* settings that mean the same; the others have
            PVXS's defaults. Values are texts as in the environment, or bool, numbers and lists of
            addresses.
        use_env: lay the settings over those of the environment instead; a key replaces, lists too.

    Raises:
        ValueError: a setting that is not known or cannot be parsed; the text names it.
    """

    def __init__(self, settings: Mapping[str, object] | None = None, *, use_env: bool = False) -> None:
        self._values = {name: default for name, (_, default, _) in _KEYS.items()}
        self._given: set[str] = set()
        if use_env:
            present = {name: os.environ[name] for name in _READERS if os.environ.get(name, "").strip()}
            self._lay(check(present, _READERS, ignored=""))
            # a port of the environment is every server's wish: the second on a host takes another, as IOCs do
            self._given.clear()
        if settings is not None:
            server = {name: value for name, value in settings.items() if name not in _CLIENT_KEYS}
            self._lay(check(server, _READERS, ignored=""))

    def _lay(self, layer: Mapping[str, str]) -> None:
        for name, (_, _, alias) in _KEYS.items():
            for candidate in (name, alias or name):
                if candidate in layer:
                    self._values[name] = layer[candidate]
                    self._given.add(name)
                    break

    @classmethod
    def from_env(cls) -> Config:
        """Return the configuration that the environment describes.

        Raises:
            ValueError: a variable cannot be parsed; the text names it.
        """
        return cls(use_env=True)

    @classmethod
    def isolated(cls, *, ipv6: bool = False) -> Config:
        """Return a configuration for tests: loopback only, on free ports, no beacons to others."""
        loopback = "[::1]" if ipv6 else "127.0.0.1"
        return cls(
            {
                "EPICS_PVAS_INTF_ADDR_LIST": loopback,
                "EPICS_PVAS_BEACON_ADDR_LIST": loopback,
                "EPICS_PVAS_AUTO_BEACON_ADDR_LIST": "NO",
                "EPICS_PVAS_SERVER_PORT": "0",
                "EPICS_PVAS_BROADCAST_PORT": "0",
            }
        )

    def _effective(self, settings: Mapping[str, str]) -> Config:
        """Return what a server made with this configuration tells: every setting, as it is in use."""
        told = {name: settings[name] for name in _KEYS}
        # PVXS adds the port that was asked for to each interface, even if it then took another
        suffix = f":{self.tcp_port}"
        own = [address.removesuffix(suffix) for address in told["EPICS_PVAS_INTF_ADDR_LIST"].split()]
        return Config(told | {"EPICS_PVAS_INTF_ADDR_LIST": " ".join(own)})

    @property
    def interfaces(self) -> tuple[str, ...]:
        """Addresses of the network interfaces to serve; none: all."""
        return tuple(self._values["EPICS_PVAS_INTF_ADDR_LIST"].split())

    @property
    def beacon_destinations(self) -> tuple[str, ...]:
        """Addresses to which beacons are sent."""
        return tuple(self._values["EPICS_PVAS_BEACON_ADDR_LIST"].split())

    @property
    def auto_beacon(self) -> bool:
        """Whether beacons also go to the broadcast addresses of the interfaces."""
        return self._values["EPICS_PVAS_AUTO_BEACON_ADDR_LIST"] == "YES"

    @property
    def ignore_addresses(self) -> tuple[str, ...]:
        """Addresses of clients whose searches are ignored."""
        return tuple(self._values["EPICS_PVAS_IGNORE_ADDR_LIST"].split())

    @property
    def tcp_port(self) -> int:
        """TCP port; 0: any that is free."""
        return int(self._values["EPICS_PVAS_SERVER_PORT"])

    @property
    def udp_port(self) -> int:
        """UDP port of searches and beacons; 0: any that is free."""
        return int(self._values["EPICS_PVAS_BROADCAST_PORT"])

    @property
    def timeout(self) -> float:
        """EPICS_PVA_CONN_TMO: seconds of silence after which a client counts as lost."""
        return float(self._values["EPICS_PVA_CONN_TMO"])

    @property
    def required_port(self) -> int:
        """The TCP port that the program asked for and must obtain; 0: any will do."""
        for address in self.interfaces:
            if is_multicast(address):
                continue
            # PVXS binds the first unicast interface first and tells its port
            own = 0 if is_wildcard(address) else port_of(address)
            if own not in (0, self.tcp_port):
                return own
            break
        return self.tcp_port if "EPICS_PVAS_SERVER_PORT" in self._given else 0

    def client_settings(self) -> dict[str, str]:
        """Return the EPICS_PVA_* settings of a client that finds this server and needs nothing else."""
        search = list(self.beacon_destinations)
        interfaces = []
        for address in self.interfaces:
            if is_multicast(address):
                search.append(address)
            elif is_wildcard(address):
                search.append("127.0.0.1")
            else:
                host = host_of(address)
                interfaces.append(f"[{host}]" if ":" in host else host)
        return {
            "EPICS_PVA_ADDR_LIST": " ".join(dict.fromkeys(search + interfaces)),
            "EPICS_PVA_AUTO_ADDR_LIST": "NO",
            "EPICS_PVA_INTF_ADDR_LIST": " ".join(dict.fromkeys(interfaces)),
            "EPICS_PVA_NAME_SERVERS": "",
            "EPICS_PVA_BROADCAST_PORT": str(self.udp_port),
            "EPICS_PVA_SERVER_PORT": str(self.tcp_port),
        }

    def as_dict(self) -> dict[str, str]:
        """Return the settings as a dict."""
        return dict(self._values)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(tuple(self._values.values()))

    def __repr__(self) -> str:
        return f"Config({self._values!r})"
