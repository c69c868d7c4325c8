"""Readings of the records of an IOC, and objects written to them."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from aiopvxs import Context
from aiopvxs import nt as nts
from aiopvxs.data import Value

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from peers import Ioc


class Motion(enum.Enum):
    IDLE = "idle"
    MOVING = "moving"
    FAULT = "fault"
    SPARE = "3"


@pytest.fixture
async def ctx(ioc: Ioc) -> AsyncIterator[Context]:
    async with Context(ioc.config, use_env=False, timeout=20.0) as context:
        yield context


async def test_numbers(ctx: Context) -> None:
    reading = await ctx.read("IOC:ai")
    assert isinstance(reading, nts.ScalarReading)
    nts.NTScalar.validate(reading.raw)
    assert str(reading) == "1.500 mm"
    assert reading.display == nts.Display((-100, 100), "mm", "a position", 3, nts.Form.DEFAULT)
    assert reading.timestamp is not None
    assert reading.timestamp.is_set
    assert reading.alarm == nts.Alarm()


async def test_limits(ctx: Context) -> None:
    reading = await ctx.read("IOC:ao")
    assert reading.display is not None
    assert reading.display.limits is None
    assert reading.control == nts.Control((-50, 50), None)
    assert reading.value_alarm is not None
    assert (reading.value_alarm.alarm_limits, reading.value_alarm.warning_limits) == ((-20, 20), (-10, 10))
    # those of a record that has none are 0 or NaN
    plain = await ctx.read("IOC:longout")
    assert plain.value_alarm is not None
    assert plain.control == nts.Control(None, None)
    assert (plain.value_alarm.alarm_limits, plain.value_alarm.warning_limits) == (None, None)


async def test_what_was_never_processed(ctx: Context) -> None:
    reading = await ctx.read("IOC:stringout")
    assert reading.timestamp is not None
    assert not reading.timestamp.is_set
    assert reading.alarm is not None
    assert reading.alarm.message == "UDF"


async def test_enums(ctx: Context) -> None:
    reading: Any = await ctx.read("IOC:bo")
    nts.NTEnum.validate(reading.raw)
    assert (reading.index, reading.choices) == (0, ("closed", "open"))
    await ctx.write("IOC:mbbo", Motion.FAULT)
    assert await ctx.read("IOC:mbbo", as_=Motion) is Motion.FAULT
    faulty = await ctx.read("IOC:mbbo")
    assert faulty.alarm is not None
    assert faulty.alarm.severity is nts.MAJOR
    # a text of digits that is a choice is the choice
    await ctx.write("IOC:mbbo", "3")
    assert await ctx.read("IOC:mbbo", as_=Motion) is Motion.SPARE
    await ctx.write("IOC:bo", True)
    assert await ctx.read("IOC:bo", as_=bool) is True
    with pytest.raises(ValueError, match=r"IOC:mbbo.*among the choices"):
        await ctx.write("IOC:mbbo", "nope")


async def test_long_strings(ctx: Context) -> None:
    await ctx.write("IOC:wf:CHAR", "seven..")
    assert await ctx.read("IOC:wf:CHAR", as_=str) == "seven.."
    await ctx.write("IOC:wf:UCHAR", "ü")
    assert await ctx.read("IOC:wf:UCHAR", as_=str) == "ü"
    # the same record in its other form
    await ctx.write("IOC:text", "a text")
    assert await ctx.read("IOC:text", as_=str) == "a text"


async def test_arrays(ctx: Context) -> None:
    await ctx.write("IOC:wf:DOUBLE", np.array([0.5, -1.5]))
    reading = await ctx.read("IOC:wf:DOUBLE")
    assert isinstance(reading, nts.ArrayReading)
    assert reading.value.tolist() == [0.5, -1.5]
    assert reading.display is not None
    assert reading.display.units == "A"
    await ctx.write("IOC:wf:STRING", ["a", "grün"])
    assert (await ctx.read("IOC:wf:STRING")).value == ["a", "grün"]


async def test_table_of_a_group(ctx: Context) -> None:
    await ctx.write("IOC:tbl", pd.DataFrame({"position": [0.5, 1.5], "name": ["a", "b"]}))
    table: Any = await ctx.read("IOC:tbl")
    nts.NTTable.validate(table.raw)
    assert table.labels == ["Position", "Name"]
    assert table.rows() == [{"position": 0.5, "name": "a"}, {"position": 1.5, "name": "b"}]
    assert table.to_pandas()["name"].tolist() == ["a", "b"]


async def test_image_of_a_group(ctx: Context) -> None:
    """As QSRV can make one: an Any for the data, and nothing that the specification does not need."""
    name = "IOC:img"
    for image in (
        np.array([[0, 1, 2], [3, 4, 65535]], np.uint16),
        np.arange(12, dtype=np.uint16).reshape(3, 4),
        np.arange(8, dtype=np.uint16).reshape(4, 2),
    ):
        await ctx.write(name, image)
        reading: Any = await ctx.read(name)
        assert isinstance(reading, nts.ImageReading)
        assert (reading.shape, reading.value.dtype) == (image.shape, np.uint16)
        assert np.array_equal(reading.value, image)
        assert [one.size for one in reading.dimensions] == list(image.shape)
        # the records have it, and a change of one of them is in the image
        assert (await ctx.read("IOC:img:data")).value.tolist() == image.reshape(-1).tolist()
        assert [one.value for one in await ctx.read(["IOC:img:height", "IOC:img:width"])] == [*image.shape]
        assert (reading.codec, reading.attributes, reading.color_mode) == ("", {}, nts.ColorMode.MONO)
        assert reading.timestamp.is_set
    async with ctx.monitor(name, read=True) as sub:
        await sub.first()
        await ctx.write("IOC:img:data", np.arange(8, 16, dtype=np.uint16))
        async for changed in sub:
            assert changed.value.tolist() == [[8, 9], [10, 11], [12, 13], [14, 15]]
            break
    for image in (np.zeros(2, complex), "x", None):
        with pytest.raises(ValueError, match=name):
            await ctx.write(name, image)


@pytest.mark.parametrize("codec", ["zlib", "blosc", "lz4", "lz4hdf5", "bslz4", "jpeg"])
async def test_compressed_image_of_a_group(ctx: Context, codec: str) -> None:
    kind = np.uint8 if codec == "jpeg" else np.uint16
    image = np.arange(1024).reshape(16, 64).astype(kind)
    nt = nts.NTNDArray(codec=codec)

    def fill(value: Value) -> Value:
        nt.assign(value, image)
        return value

    await ctx.put("IOC:packed", fill)
    reading: Any = await ctx.read("IOC:packed")
    assert (reading.codec, reading.shape, reading.value.dtype) == (codec, image.shape, kind)
    assert np.allclose(reading.value, image, atol=60 if codec == "jpeg" else 0)
    assert (await ctx.read("IOC:packed:codec")).value == codec


async def test_group_of_no_type(ctx: Context) -> None:
    group = await ctx.read("IOC:grp")
    assert isinstance(group, nts.StructureReading)
    # its fields are NTScalars themselves
    assert isinstance(nts.unwrap(group.raw["x"]), nts.ScalarReading)


async def test_many_at_once(ctx: Context) -> None:
    names = ["IOC:ai", "IOC:bo", "IOC:wf:SHORT", "IOC:tbl", "IOC:grp", "IOC:int64out"]
    kinds = [type(one).__name__ for one in await ctx.read(names * 3)]
    expected = ["Scalar", "Enum", "Array", "Table", "Structure", "Scalar"] * 3
    assert kinds == [f"{kind}Reading" for kind in expected]
