"""Both sides of every numeric boundary, put by a client to a server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

import numpy as np
import pytest

from aiopvxs.client import Context
from aiopvxs.data import Member, NoConvert, OutOfRange, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.server import Config, Server, SharedPV
from strategies import SCALARS, difference
from strategies.edges import EDGES, NUMBERS

ALL = TypeDef(
    T.Struct,
    [
        *(Member(code, code.name) for code in NUMBERS),
        *(Member(SCALARS[code].array, SCALARS[code].array.name) for code in NUMBERS),
    ],
)


class Served:
    def __init__(self, pv: SharedPV, context: Context) -> None:
        self.pv = pv
        self.context = context


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    pv = SharedPV(ALL, {"Int8": 1})
    server = Server({"x": pv}, Config.isolated())
    async with server, Context(server.client_config(), use_env=False, timeout=20.0) as context:
        yield Served(pv, context)


@pytest.mark.parametrize("code", NUMBERS, ids=lambda code: code.name)
async def test_what_fits_arrives(served: Served, code: T) -> None:
    numbers = EDGES[code].stored
    for given, stored in numbers:
        await served.context.put("x", {code.name: given})
        assert difference(served.pv.current.as_py(code.name), stored) is None, given
    array = SCALARS[code].array.name
    await served.context.put("x", {array: [given for given, _ in numbers]})
    everything = [stored for _, stored in numbers]
    assert difference(served.pv.current.as_py(array), everything) is None
    got = await served.context.get("x")
    assert difference(got.as_py(code.name), numbers[-1][1]) is None
    assert difference(got.as_py(array), everything) is None


@pytest.mark.parametrize("code", NUMBERS, ids=lambda code: code.name)
async def test_what_does_not_fit_stays_here(served: Served, code: T) -> None:
    before = served.pv.current
    array = SCALARS[code].array.name
    good = EDGES[code].stored[0][0]
    for numbers, error in ((EDGES[code].too_large, OutOfRange), (EDGES[code].refused, NoConvert)):
        for given in numbers:
            for change, place in (
                ({code.name: given}, f"field '{code.name}'"),
                ({array: [good, given]}, f"element 1 of field '{array}'"),
                # all or nothing: the first of the two would fit
                (
                    {"String" if code == T.String else "Int8": 7, array: [given]},
                    f"element 0 of field '{array}'",
                ),
            ):
                with pytest.raises(error, match=place):
                    await served.context.put("x", change)
    assert served.pv.current == before


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("code", [code for code in NUMBERS if code != T.Bool], ids=lambda code: code.name)
async def test_arrays_of_numpy_of_either_byte_order(
    served: Served, code: T, order: Literal["<", ">"]
) -> None:
    low_high = [stored for given, stored in EDGES[code].stored if type(given) is type(stored)]
    dtype = np.dtype(ALL.create().as_array(SCALARS[code].array.name).dtype).newbyteorder(order)
    given = np.repeat(np.array(low_high, dtype), 2)[::2]
    await served.context.put("x", {SCALARS[code].array.name: given})
    got = (await served.context.get("x")).as_array(SCALARS[code].array.name)
    assert difference(got.tolist(), given.tolist()) is None
    assert got.dtype == dtype.newbyteorder("=")


class TestTypesThatDiffer:
    """pvxs sends what a put's builder returns unchecked; another type would leave the client waiting."""

    async def test_an_equal_type_made_elsewhere(self, served: Served) -> None:
        other = TypeDef(T.Struct, ALL.members, "another id").create()
        other["Int16"] = -5
        await served.context.put("x", other)
        assert served.pv.current["Int16"] == -5
        assert served.pv.current["Int8"] == 1

    async def test_fields_in_another_order_and_of_other_types(self, served: Served) -> None:
        other = TypeDef(T.Struct, [Member(T.Int64, "UInt8"), Member(T.String, "Float64")]).create()
        other.assign({"UInt8": 255, "Float64": "2.5"})
        await served.context.put("x", other)
        assert served.pv.current["UInt8"] == 255
        assert served.pv.current["Float64"] == 2.5

    async def test_what_does_not_fit_is_refused(self, served: Served) -> None:
        before = served.pv.current
        other = TypeDef(T.Struct, [Member(T.Int64, "UInt8"), Member(T.Int64, "nowhere")]).create()
        other["UInt8"] = 256
        with pytest.raises(OutOfRange, match="field 'UInt8'"):
            await served.context.put("x", other)
        other["UInt8"] = 255
        other["nowhere"] = 1
        with pytest.raises(KeyError, match="nowhere"):
            await served.context.put("x", other)
        assert served.pv.current == before

    async def test_what_a_builder_returns(self, served: Served) -> None:
        other = TypeDef(T.Struct, [Member(T.Float64, "Float32")]).create()
        other["Float32"] = 1.5
        await served.context.put("x", lambda current: other)
        assert served.pv.current["Float32"] == 1.5
