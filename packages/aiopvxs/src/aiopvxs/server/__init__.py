"""The PVAccess server."""

from aiopvxs_core.errors import Closed, RemoteError

from ._access import AccessPolicy
from ._acf import AccessSecurity
from ._config import Config
from ._dynamic import Channel, Source
from ._handler import Handler
from ._operation import Operation
from ._report import ChannelReport, ConnectionReport, QueueReport, Report
from ._server import Server
from ._service import service
from ._shared_pv import SharedPV
from ._source import StaticSource

__all__ = [
    "AccessPolicy",
    "AccessSecurity",
    "Channel",
    "ChannelReport",
    "Closed",
    "Config",
    "ConnectionReport",
    "Handler",
    "Operation",
    "QueueReport",
    "RemoteError",
    "Report",
    "Server",
    "SharedPV",
    "Source",
    "StaticSource",
    "service",
]
