"""``aiopvxs info``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli_process import Cli

if TYPE_CHECKING:
    from aiopvxs.server import Server


ENUM = """\
    struct "epics:nt/NTEnum:1.0" {
        struct "enum_t" {
            int32_t index
            string[] choices
        } value
        struct "alarm_t" {
            int32_t severity
            int32_t status
            string message
        } alarm
        struct "time_t" {
            int64_t secondsPastEpoch
            int32_t nanoseconds
            int32_t userTag
        } timeStamp
        struct {
            string description
        } display
    }
"""


def test_a_type_and_its_server(cli: Cli, served: Server) -> None:
    heading = f"enum from 127.0.0.1:{served.config.tcp_port}\n"
    assert cli.run("info", "enum") == (0, heading + ENUM, "")


def test_diagnostics_go_to_stderr(cli: Cli) -> None:
    done = cli.run("info", "-D")
    assert (done.code, done.out) == (0, "")
    assert "PVXS" in done.err
    assert "EPICS_PVA_ADDR_LIST=" in done.err


def test_neither(cli: Cli) -> None:
    assert cli.run("info").code == 1
    assert cli.run("info", "-w", "0.5", "nothere") == (1, "", "Timeout with 1 outstanding: nothere\n")
