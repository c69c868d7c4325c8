"""The configuration of a client Context."""

from __future__ import annotations

import os
from collections.abc import Mapping

from .._settings import addresses, check, flag, port, seconds

__all__ = ["READERS", "effective_settings"]

#: The settings of a client (pvxs ``client::Config``), and how each is read.
READERS = {
    "EPICS_PVA_ADDR_LIST": addresses,
    "EPICS_PVA_AUTO_ADDR_LIST": flag,
    "EPICS_PVA_INTF_ADDR_LIST": addresses,
    "EPICS_PVA_NAME_SERVERS": addresses,
    "EPICS_PVA_BROADCAST_PORT": port,
    "EPICS_PVA_SERVER_PORT": port,
    "EPICS_PVA_CONN_TMO": seconds,
}


def effective_settings(config: Mapping[str, object] | None, use_env: bool) -> dict[str, str]:
    """Lay ``config`` over the environment, or over pvxs's defaults; a key replaces.

    The Config of a Server is complete: what finds this server, and nothing else.

    Raises:
        ValueError: a setting that is not known or cannot be parsed.
    """
    settings: dict[str, str] = {}
    if config is not None and not isinstance(config, dict):
        if not isinstance(config, Mapping):
            raise ValueError(f"config is {config!r}: it has to be a dict of EPICS_PVA_* settings")
        from ..server import Config

        if isinstance(config, Config):
            config, use_env = config.client_settings(), False
    if use_env:
        # pvxs takes the server's port where the client's is not set
        names = {"EPICS_PVAS_SERVER_PORT": "EPICS_PVA_SERVER_PORT"} | {name: name for name in READERS}
        present = {names[name]: os.environ[name] for name in names if os.environ.get(name, "").strip()}
        settings.update(check(present, READERS, ignored=""))
    if config is not None:
        settings.update(check(config, READERS, ignored="EPICS_PVAS_"))
    if settings.get("EPICS_PVA_BROADCAST_PORT") == "0":
        raise ValueError(
            "EPICS_PVA_BROADCAST_PORT is 0: a client has to know the port that servers listen on"
        )
    return settings
