"""What ``server=`` may be, and what names may begin with."""

from __future__ import annotations

import pytest

from aiopvxs.client._base import check_name
from aiopvxs.client._server_address import HostName, Waiting, parse_server

WAITING = Waiting()


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("10.0.0.1", "10.0.0.1:5075"),
        ("10.0.0.1:80", "10.0.0.1:80"),
        ("[::1]", "[::1]:5075"),
        ("[0::1]:6000", "[::1]:6000"),
        ("ioc7", HostName("ioc7", 5075, WAITING)),
        ("ioc-7.example.org.:6000", HostName("ioc-7.example.org.", 6000, WAITING)),
        ("grün.example.org", HostName("grün.example.org", 5075, WAITING)),
    ],
)
def test_forms_of_an_address(given: str, meant: str | HostName) -> None:
    assert parse_server(given, 5075, WAITING) == meant


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "is not the address of a server"),
        (5075, "is not the address of a server"),
        (None, "is not the address of a server"),
        ("host:", "is not the address of a server"),
        ("host:port", "is not the address of a server"),
        ("host:5075,3", "is not the address of a server"),
        ("two hosts", "is not the address of a server"),
        ("a@eth0", "is not the address of a server"),
        ("::1", "stands in brackets"),
        ("fe80::1:5075", "stands in brackets"),
        ("[::1", "is not the address of a server"),
        ("[10.0.0.1]", "no IPv6 address in its brackets"),
        ("[::1%eth0%]", "no IPv6 address in its brackets"),
        ("10.0.0.256", "neither an IPv4 address nor a host name"),
        ("10.0.0", "neither an IPv4 address nor a host name"),
        ("-host", "neither an IPv4 address nor a host name"),
        ("a..b", "neither an IPv4 address nor a host name"),
        ("host:0", "no valid port"),
        ("host:65536", "no valid port"),
    ],
)
def test_what_is_no_address_is_refused(given: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_server(given, 5075, WAITING)


@pytest.mark.parametrize(
    ("given", "bare"), [("x", "x"), ("pva://x", "x"), ("PVA://x:y", "x:y"), ("a b://x", "a b://x")]
)
def test_names(given: str, bare: str) -> None:
    assert check_name(given) == bare


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "not empty"),
        (b"x", "named by a str"),
        ("pva://", "names no PV"),
        ("ca://x", "protocol 'ca': aiopvxs speaks PVAccess, whose names begin with pva://"),
    ],
)
def test_names_that_are_refused(given: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        check_name(given)
