"""Independent peers for the tests: C++ pvxs programs and p4p, each in a process of its own."""

from .command import CommandClient, Outcome
from .p4p_peers import P4pClient, P4pError, P4pServer
from .scripted import ScriptedServer, ScriptError

__all__ = [
    "CommandClient",
    "Outcome",
    "P4pClient",
    "P4pError",
    "P4pServer",
    "ScriptError",
    "ScriptedServer",
]
