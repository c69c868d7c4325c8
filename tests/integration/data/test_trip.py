"""Every type and content, through a server and a client and back."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiopvxs.client import Context
from aiopvxs.data import TypeDef, Value
from aiopvxs.server import Config, Server, SharedPV
from strategies import Content, contents, difference, examples, structures

Case = tuple[TypeDef, Content, Content]


class Network:
    """A server, a client of it, and the loop that both are used on."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._server = Server({}, Config.isolated())
        self._server.start()
        self._context = Context(self._server.client_config(), use_env=False, timeout=60.0)
        self._numbers = itertools.count()

    def close(self) -> None:
        self._context.close()
        self._server.stop()
        self._loop.close()

    def trip(self, first: Value, second: object) -> tuple[Value, Value, Value]:
        """Serve the first, get it, put the second; return what was got before and after, and the PV's own."""
        return self._loop.run_until_complete(self._trip(first, second))

    async def _trip(self, first: Value, second: object) -> tuple[Value, Value, Value]:
        name = f"trip:{next(self._numbers)}"
        pv = SharedPV(initial=first)
        self._server.add_pv(name, pv)
        try:
            before = await self._context.get(name)
            await self._context.put(name, second)
            return before, await self._context.get(name), pv.current
        finally:
            self._server.remove_pv(name)


@pytest.fixture(scope="module")
def network() -> Iterator[Network]:
    network = Network()
    yield network
    network.close()


@st.composite
def trips(draw: st.DrawFn) -> Case:
    definition = draw(structures())
    return definition, draw(contents(definition)), draw(contents(definition))


def filled(definition: TypeDef, content: Content) -> Value:
    value = definition.create()
    value.assign(content.given)
    return value


@pytest.mark.parametrize("plain", [False, True], ids=["value", "dict"])
@examples(75)
@given(case=trips())
def test_served_put_and_got_again(
    network: Network, plain: bool, case: tuple[TypeDef, Content, Content]
) -> None:
    definition, first, second = case
    value, change = filled(definition, first), filled(definition, second)
    before, after, kept = network.trip(value, second.given if plain else change)
    assert before == value
    assert before.typedef() == definition
    assert before.changed() == value.changed()
    assert difference(before.as_dict(), first.read) is None
    expected = value.clone()
    expected.assign(second.given)
    for got in (after, kept):
        assert got == expected
        assert difference(got.as_dict(), expected.as_dict()) is None
