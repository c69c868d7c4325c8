"""The names of a server's PVs, and of all servers."""

from __future__ import annotations

import asyncio
import struct
from typing import TYPE_CHECKING, cast

import pytest

from aiopvxs import Closed, Context, Server, SharedPV, Timeout
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config

if TYPE_CHECKING:
    from peers import P4pServer


def of_servers(*configs: dict[str, str]) -> dict[str, str]:
    addresses = [f"127.0.0.1:{config['EPICS_PVA_BROADCAST_PORT']}" for config in configs]
    return {**configs[0], "EPICS_PVA_ADDR_LIST": " ".join(addresses)}


def address_of(server: Server) -> str:
    return f"127.0.0.1:{server.client_config()['EPICS_PVA_SERVER_PORT']}"


async def test_names_of_one_server(own_server: Server, own_ctx: Context, pvs: dict[str, SharedPV]) -> None:
    assert await own_ctx.list(address_of(own_server)) == sorted(pvs)
    assert await own_ctx.list("127.0.0.1") == sorted(pvs)  # the Context's EPICS_PVA_SERVER_PORT
    own_server.add_pv("another", SharedPV())
    assert await own_ctx.list(address_of(own_server)) == sorted([*pvs, "another"])


async def test_names_of_all_servers(own_server: Server, pvs: dict[str, SharedPV]) -> None:
    other_pvs = {name: SharedPV(NTScalar(T.Int32), 1) for name in ("int", "another")}
    with Server(other_pvs, Config.isolated()) as other:
        config = of_servers(own_server.client_config(), other.client_config())
        async with Context(config, use_env=False) as ctx:
            assert await ctx.list() == sorted({*pvs, *other_pvs})
            assert await ctx.list(address_of(other)) == sorted(other_pvs)


async def test_names_of_a_p4p_server(p4p_server: P4pServer) -> None:
    async with Context(p4p_server.config, use_env=False) as ctx:
        names = await ctx.list(timeout=2.0)
        assert {"double", "int", "readonly"} <= set(names)


class Silent(asyncio.DatagramProtocol):
    """Answers as a server does that is asked whether it is there, and serves at a port that says nothing."""

    def __init__(self, port: int) -> None:
        self.port = port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        where = (addr[0], struct.unpack_from(">H", data, 32)[0])
        body = b"silent server"[:12] + struct.pack("<I16xH", 0x66696E64, self.port) + b"\x03tcp\0\0\0"
        self.transport.sendto(struct.pack("<BBBBI", 0xCA, 2, 0x40, 4, len(body)) + body, where)


async def test_server_that_does_not_answer_is_logged_and_left_out(
    own_server: Server, pvs: dict[str, SharedPV], caplog: pytest.LogCaptureFixture
) -> None:
    writers: list[asyncio.StreamWriter] = []
    listening = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Silent(port), ("127.0.0.1", 0)
    )
    config = of_servers(
        own_server.client_config(),
        {"EPICS_PVA_BROADCAST_PORT": str(transport.get_extra_info("sockname")[1])},
    )
    try:
        async with Context(config, use_env=False) as ctx:
            assert await ctx.list(timeout=0.5) == sorted(pvs)
            (record,) = [each for each in caplog.records if each.name == "aiopvxs.client"]
            assert f"list: the server at 127.0.0.1:{port} is left out" in record.getMessage()
            with pytest.raises(Timeout):
                await ctx.list(f"127.0.0.1:{port}", timeout=0.1)
    finally:
        transport.close()
        listening.close()
        for writer in writers:
            writer.close()


async def test_no_server_at_all() -> None:
    server = Server({}, Config.isolated())
    async with Context(server.client_config(), use_env=False) as ctx:
        assert await ctx.list(timeout=0.2) == []
        with pytest.raises(Timeout):
            await ctx.list(address_of(server), timeout=0.2)


async def test_what_cannot_be_asked(own_ctx: Context) -> None:
    with pytest.raises(ValueError, match="not the address"):
        await own_ctx.list("no address")
    own_ctx.close()
    with pytest.raises(Closed):
        await own_ctx.list()
    with pytest.raises(Closed):
        await own_ctx.list("127.0.0.1")
