"""Independent peers for the tests: C++ pvxs programs, an IOC and p4p, each in a process of its own."""

from .command import CommandClient, Outcome
from .gateway import Gateway
from .hostile import HostileServers
from .ioc import Ioc
from .network import Host, Network, NoNetwork
from .own_client import OwnClient
from .p4p_peers import P4pClient, P4pError, P4pServer
from .scripted import ScriptedServer, ScriptError

__all__ = [
    "CommandClient",
    "Gateway",
    "Host",
    "HostileServers",
    "Ioc",
    "Network",
    "NoNetwork",
    "Outcome",
    "OwnClient",
    "P4pClient",
    "P4pError",
    "P4pServer",
    "ScriptError",
    "ScriptedServer",
]
