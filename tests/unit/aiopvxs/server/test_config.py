"""The configuration of a Server."""

from __future__ import annotations

import pytest

from aiopvxs.server import Config


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "SERVER_PORT",
        "BROADCAST_PORT",
        "INTF_ADDR_LIST",
        "ADDR_LIST",
        "AUTO_ADDR_LIST",
        "CONN_TMO",
    ):
        monkeypatch.delenv(f"EPICS_PVA_{name}", raising=False)
        monkeypatch.delenv(f"EPICS_PVAS_{name}", raising=False)


def test_defaults_are_those_of_pvxs() -> None:
    config = Config()
    assert config.interfaces == config.beacon_destinations == config.ignore_addresses == ()
    assert (config.tcp_port, config.udp_port, config.auto_beacon, config.timeout) == (5075, 5076, True, 30.0)
    assert config.required_port == 0


def test_every_setting() -> None:
    config = Config(
        {
            "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1 [::1]:6000",
            "EPICS_PVAS_BEACON_ADDR_LIST": ["127.0.0.2", "224.0.2.3,1@127.0.0.1"],
            "EPICS_PVAS_IGNORE_ADDR_LIST": "127.0.0.3:99",
            "EPICS_PVAS_AUTO_BEACON_ADDR_LIST": False,
            "EPICS_PVAS_SERVER_PORT": 6001,
            "EPICS_PVAS_BROADCAST_PORT": "06002",
            "EPICS_PVA_CONN_TMO": 12.5,
        }
    )
    assert config.interfaces == ("127.0.0.1", "[::1]:6000")
    assert config.beacon_destinations == ("127.0.0.2", "224.0.2.3,1@127.0.0.1")
    assert config.ignore_addresses == ("127.0.0.3:99",)
    assert (config.tcp_port, config.udp_port) == (6001, 6002)
    assert config.auto_beacon is False
    assert config.timeout == 12.5
    assert config.required_port == 6001


def test_isolated() -> None:
    config = Config.isolated()
    assert config.interfaces == config.beacon_destinations == ("127.0.0.1",)
    assert (config.tcp_port, config.udp_port, config.auto_beacon) == (0, 0, False)
    assert Config.isolated(ipv6=True).interfaces == ("[::1]",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EPICS_PVAS_SERVER_PORT", "abc"),
        ("EPICS_PVAS_SERVER_PORT", "65536"),
        ("EPICS_PVAS_SERVER_PORT", "-1"),
        ("EPICS_PVAS_SERVER_PORT", ""),
        ("EPICS_PVAS_SERVER_PORT", True),
        ("EPICS_PVA_SERVER_PORT", 5075.5),
        ("EPICS_PVAS_BROADCAST_PORT", "5076x"),
        ("EPICS_PVAS_INTF_ADDR_LIST", "127.0.0.1:70000"),
        ("EPICS_PVAS_INTF_ADDR_LIST", "1.2.3"),
        ("EPICS_PVAS_INTF_ADDR_LIST", 5),
        ("EPICS_PVAS_BEACON_ADDR_LIST", "127.0.0.1 256.1.1.1"),
        ("EPICS_PVAS_IGNORE_ADDR_LIST", "[::1"),
        ("EPICS_PVAS_AUTO_BEACON_ADDR_LIST", "maybe"),
        ("EPICS_PVA_CONN_TMO", "soon"),
        ("EPICS_PVA_CONN_TMO", "0"),
        ("EPICS_PVA_CONN_TMO", "nan"),
        ("EPICS_PVAS_SERVR_PORT", "5075"),
    ],
)
def test_what_cannot_be_parsed_is_named(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        Config({name: value})


def test_a_bad_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPICS_PVAS_SERVER_PORT", "many")
    with pytest.raises(ValueError, match="EPICS_PVAS_SERVER_PORT is 'many'"):
        Config.from_env()


def test_the_environment_and_what_is_laid_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EPICS_PVAS_SERVER_PORT", "6001")
    monkeypatch.setenv("EPICS_PVA_SERVER_PORT", "6002")  # the server's own name counts
    monkeypatch.setenv("EPICS_PVA_ADDR_LIST", "127.0.0.2 127.0.0.3")
    monkeypatch.setenv("EPICS_PVAS_BROADCAST_PORT", " ")  # as if it were not set
    config = Config.from_env()
    assert (config.tcp_port, config.udp_port, config.required_port) == (6001, 5076, 0)
    assert config.beacon_destinations == ("127.0.0.2", "127.0.0.3")

    over = Config({"EPICS_PVA_SERVER_PORT": "0", "EPICS_PVAS_BEACON_ADDR_LIST": "127.0.0.4"}, use_env=True)
    assert (over.tcp_port, over.required_port) == (0, 0)
    assert over.beacon_destinations == ("127.0.0.4",)
    assert Config().tcp_port == 5075


def test_settings_of_a_client_may_stand_beside() -> None:
    assert (
        Config({"EPICS_PVA_NAME_SERVERS": "127.0.0.1", "EPICS_PVA_INTF_ADDR_LIST": "127.0.0.1"}) == Config()
    )


def test_dict_out_and_in() -> None:
    config = Config({"EPICS_PVAS_SERVER_PORT": 6001, "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1"})
    assert Config(config.as_dict()) == config == Config(config)
    assert hash(Config(config)) == hash(config)
    assert config != Config()
    assert set(config) == set(config.as_dict())
    assert len(config) == 7
    assert "6001" in repr(config)


@pytest.mark.parametrize(
    ("interfaces", "port"),
    [
        ("127.0.0.1", 6001),
        ("127.0.0.1:6005", 6005),
        ("0.0.0.0:6005", 6001),  # pvxs ignores the port of a wildcard
        ("224.0.2.3:6005 127.0.0.1", 6001),
        ("", 6001),
    ],
)
def test_the_port_that_has_to_be_had(interfaces: str, port: int) -> None:
    settings = {"EPICS_PVAS_SERVER_PORT": 6001, "EPICS_PVAS_INTF_ADDR_LIST": interfaces}
    assert Config(settings).required_port == port


def test_client_settings_need_nothing_else() -> None:
    settings = Config(
        {
            "EPICS_PVAS_INTF_ADDR_LIST": "127.0.0.1:6000 [::1]:6000 224.0.2.3,1@127.0.0.1",
            "EPICS_PVAS_BEACON_ADDR_LIST": "127.0.0.9",
            "EPICS_PVAS_SERVER_PORT": 6000,
            "EPICS_PVAS_BROADCAST_PORT": 6001,
        }
    ).client_settings()
    assert settings == {
        "EPICS_PVA_ADDR_LIST": "127.0.0.9 224.0.2.3,1@127.0.0.1 127.0.0.1 [::1]",
        "EPICS_PVA_AUTO_ADDR_LIST": "NO",
        "EPICS_PVA_INTF_ADDR_LIST": "127.0.0.1 [::1]",
        "EPICS_PVA_NAME_SERVERS": "",
        "EPICS_PVA_BROADCAST_PORT": "6001",
        "EPICS_PVA_SERVER_PORT": "6000",
    }
    everywhere = Config({"EPICS_PVAS_INTF_ADDR_LIST": "0.0.0.0"}).client_settings()
    assert everywhere["EPICS_PVA_ADDR_LIST"] == "127.0.0.1"
    assert everywhere["EPICS_PVA_INTF_ADDR_LIST"] == ""
