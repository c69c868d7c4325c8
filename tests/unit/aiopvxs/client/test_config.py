"""The configuration of a Context: complete, strict, and naming what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from aiopvxs import Context, Server
from aiopvxs.server import Config

QUIET = {"EPICS_PVA_ADDR_LIST": "127.0.0.1", "EPICS_PVA_AUTO_ADDR_LIST": "NO"}


def effective(config: Mapping[str, object], use_env: bool = False) -> dict[str, str]:
    context = Context(config, use_env=use_env)
    try:
        return context.config
    finally:
        context.close()


def test_settings_are_taken_and_the_effective_ones_told() -> None:
    config = effective(
        QUIET
        | {"EPICS_PVA_BROADCAST_PORT": 15076, "EPICS_PVA_SERVER_PORT": "15075", "EPICS_PVA_CONN_TMO": 12}
    )
    assert config["EPICS_PVA_ADDR_LIST"] == "127.0.0.1:15076"
    assert config["EPICS_PVA_AUTO_ADDR_LIST"] == "NO"
    assert config["EPICS_PVA_SERVER_PORT"] == "15075"
    assert float(config["EPICS_PVA_CONN_TMO"]) == 12


def test_lists_may_be_iterables_and_switches_bools() -> None:
    config = effective(
        {"EPICS_PVA_ADDR_LIST": ["127.0.0.1:1", "127.0.0.2:2"], "EPICS_PVA_AUTO_ADDR_LIST": False}
    )
    assert config["EPICS_PVA_ADDR_LIST"].split() == ["127.0.0.1:1", "127.0.0.2:2"]


def test_config_is_laid_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPICS_PVA_ADDR_LIST", "127.0.0.3 127.0.0.4")
    monkeypatch.setenv("EPICS_PVA_AUTO_ADDR_LIST", "NO")
    monkeypatch.setenv("EPICS_PVA_BROADCAST_PORT", "15076")
    config = effective({"EPICS_PVA_ADDR_LIST": "127.0.0.5"}, use_env=True)
    assert config["EPICS_PVA_ADDR_LIST"] == "127.0.0.5:15076"  # replaced, not appended to
    config = effective(QUIET, use_env=False)
    assert config["EPICS_PVA_ADDR_LIST"] == "127.0.0.1:5076"


def test_settings_of_servers_are_left_to_them() -> None:
    assert "EPICS_PVAS_SERVER_PORT" not in effective(QUIET | {"EPICS_PVAS_SERVER_PORT": "1"})


def test_config_of_a_server_is_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPICS_PVA_ADDR_LIST", "127.0.0.3")
    monkeypatch.setenv("EPICS_PVA_NAME_SERVERS", "127.0.0.4")
    with Server({}, Config.isolated()) as server:
        found, expected = effective(server.config, use_env=True), effective(server.client_config())
    assert found == expected
    assert found["EPICS_PVA_NAME_SERVERS"] == ""
    with pytest.raises(ValueError, match="a client has to know the port"):
        Context(Config.isolated())  # of a server that runs nowhere yet


@pytest.mark.parametrize("config", [5, "EPICS_PVA_ADDR_LIST=127.0.0.1", []])
def test_what_is_no_config(config: object) -> None:
    with pytest.raises(ValueError, match="config is .*: it has to be a dict of EPICS_PVA_"):
        Context(config)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Settings are named by str, not by 5"):
        Context({5: 5})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("EPICS_PVA_ADDR_LIST", "127.0.0.1 not/an!address@@", "not/an!address"),
        ("EPICS_PVA_ADDR_LIST", "127.0.0.1:99999", "whose port is not one"),
        ("EPICS_PVA_ADDR_LIST", "300.1.1.1", "not an IP address"),
        ("EPICS_PVA_ADDR_LIST", "no-such-host.invalid", "cannot be resolved"),
        ("EPICS_PVA_ADDR_LIST", "[::zz]:5076", "not an IP address"),
        ("EPICS_PVA_ADDR_LIST", 5, "not a list of addresses"),
        ("EPICS_PVA_NAME_SERVERS", "127.0.0.1:port", "not an address"),
        ("EPICS_PVA_AUTO_ADDR_LIST", "MAYBE", "neither YES nor NO"),
        ("EPICS_PVA_BROADCAST_PORT", "five", "not a port number"),
        ("EPICS_PVA_BROADCAST_PORT", 65536, "not a port number"),
        ("EPICS_PVA_BROADCAST_PORT", 0, "has to know the port"),
        ("EPICS_PVA_SERVER_PORT", -1, "not a port number"),
        ("EPICS_PVA_CONN_TMO", "soon", "not a positive number"),
        ("EPICS_PVA_CONN_TMO", 0, "not a positive number"),
        ("EPICS_PVA_TYPO", "1", "Unknown setting 'EPICS_PVA_TYPO'"),
    ],
)
def test_wrong_setting_is_a_value_error_that_names_it(name: str, value: object, text: str) -> None:
    with pytest.raises(ValueError, match=name) as caught:
        Context(QUIET | {name: value}, use_env=False)
    assert text in str(caught.value)


def test_wrong_setting_in_the_environment_is_an_error_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPICS_PVA_BROADCAST_PORT", "five")
    with pytest.raises(ValueError, match="EPICS_PVA_BROADCAST_PORT is 'five'"):
        Context(QUIET)
