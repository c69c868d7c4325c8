"""Fixtures that all tests may use."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for `peers`, whatever pytest was started with

from peers.fixtures import command_client, p4p, p4p_client, p4p_server, scripted_server

__all__ = ["command_client", "p4p", "p4p_client", "p4p_server", "scripted_server"]
