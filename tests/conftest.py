"""Fixtures that all tests may use."""

from peers.fixtures import command_client, p4p, p4p_client, p4p_server, scripted_server

__all__ = ["command_client", "p4p", "p4p_client", "p4p_server", "scripted_server"]
