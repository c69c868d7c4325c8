"""The parts of an address."""

from __future__ import annotations

import pytest

from aiopvxs.server._address import host_of, is_multicast, is_wildcard, port_of


@pytest.mark.parametrize(
    ("address", "host", "port", "multicast", "wildcard"),
    [
        ("127.0.0.1", "127.0.0.1", 0, False, False),
        ("127.0.0.1:5075", "127.0.0.1", 5075, False, False),
        ("0.0.0.0:5075", "0.0.0.0", 5075, False, True),
        ("[::]:5075", "::", 5075, False, True),
        ("[::1]", "::1", 0, False, False),
        ("[ff02::42]:1,3@lo", "ff02::42", 1, True, False),
        ("224.0.2.3,1@127.0.0.1", "224.0.2.3", 0, True, False),
        ("239.1.2.3@lo", "239.1.2.3", 0, True, False),
        ("a.host:77", "a.host", 77, False, False),
    ],
)
def test_parts(address: str, host: str, port: int, multicast: bool, wildcard: bool) -> None:
    assert host_of(address) == host
    assert port_of(address) == port
    assert is_multicast(address) is multicast
    assert is_wildcard(address) is wildcard


def test_no_address() -> None:
    with pytest.raises(ValueError, match="'a:b'"):
        host_of("a:b")
