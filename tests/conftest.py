"""Fixtures that all tests may use."""

import signal

from peers.fixtures import command_client, ioc, own_ioc, p4p, p4p_client, p4p_server, scripted_server

__all__ = ["command_client", "ioc", "own_ioc", "p4p", "p4p_client", "p4p_server", "scripted_server"]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # started in the background of a shell: processes of the tests would inherit it
    signal.signal(signal.SIGINT, signal.default_int_handler)
