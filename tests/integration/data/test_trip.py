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
from strategies import Content, contents, difference, examples, gettable, structures

Case = tuple[TypeDef, Content, Content]


class Network:
    """A server, a client of it, and the loop that both are used on."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._server = Server({}, Config.isolated())
        self._server.start()
        self._context = Context(self._server.client_config(), use_env=False, timeout=5.0)
        self._numbers = itertools.count()

    def close(self) -> None:
        self._context.close()
        self._server.stop()
        self._loop.close()

    def trip(self, first: Value, second: object, get: bool) -> tuple[list[Value], Value]:
        """Serve the first and put the second; return what was got before and after, and the PV's own."""
        return self._loop.run_until_complete(self._trip(first, second, get))

    async def _trip(self, first: Value, second: object, get: bool) -> tuple[list[Value], Value]:
        name = f"trip:{next(self._numbers)}"
        pv = SharedPV(initial=first)
        self._server.add_pv(name, pv)
        try:
            got = [await self._context.get(name)] if get else []
            await self._context.put(name, second)
            if get:
                got.append(await self._context.get(name))
            return got, pv.current
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
    get = gettable(definition, first.given) and gettable(definition, second.given)
    got, kept = network.trip(value, second.given if plain else change, get)
    if get:
        before = got.pop(0)
        assert before == value
        assert before.typedef() == definition
        assert before.changed() == value.changed()
        assert difference(before.as_dict(), first.read) is None
    expected = value.clone()
    expected.assign(change)  # a dict too is put without what a union held before
    for after in (*got, kept):
        assert after == expected
        assert difference(after.as_dict(), expected.as_dict()) is None
