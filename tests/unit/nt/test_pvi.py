from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from aiopvxs_core.data import TypeCodeEnum as T
from aiopvxs_core.data import Value
from aiopvxs_nt import NTPVI, NTScalar, publish_pvi, read_pvi, unwrap

TREE: dict[str, Any] = {
    "pos": {"rw": "S:POS"},
    "home": {"x": "S:HOME"},
    "temp": {"r": "S:T"},
    "camera": {"image": {"r": "S:CAM:IMG"}, "lens": {"focus": {"w": "S:F"}}},
    "axes": [{"v": {"rw": "S:A1:V"}}, None, {"v": {"rw": "S:A3:V"}}],
    "lamps": [{"rw": "S:L1"}, {"rw": "S:L2"}],
}


def reader(values: dict[str, Value]) -> Any:
    async def read(name: str) -> Any:
        return unwrap(values[name])

    return read


async def test_a_tree_comes_back() -> None:
    values = publish_pvi("S:PVI", TREE, description="stage")
    assert list(values) == ["S:PVI", "S:CAMERA:PVI", "S:CAMERA:LENS:PVI", "S:AXES1:PVI", "S:AXES3:PVI"]
    for value in values.values():
        NTPVI.validate(value)
    assert values["S:PVI"].as_string("display.description") == "stage"
    stage: Any = await read_pvi(reader(values), "S:PVI")
    assert (stage.pos.rw, stage.home.x, stage.temp.r) == ("S:POS", "S:HOME", "S:T")
    assert (stage.camera.image.r, stage.camera.lens.focus.w) == ("S:CAM:IMG", "S:F")
    assert (stage.axes[0].v.rw, stage.axes[1], stage.axes[2].v.rw) == ("S:A1:V", None, "S:A3:V")
    assert [lamp.rw for lamp in stage.lamps] == ["S:L1", "S:L2"]


async def test_other_accesses_beside_a_device() -> None:
    values = {
        "A": NTPVI({"b": {"d": "B", "r": "B:STATE"}}).create(),
        "B": NTPVI({"c": {"r": "C"}}).create(),
    }
    found: Any = await read_pvi(reader(values), "A")
    assert (found.b.c.r, found.b.r) == ("C", "B:STATE")
    assert await read_pvi(reader({"E": NTPVI().create()}), "E") == SimpleNamespace()


async def test_what_is_no_tree() -> None:
    values = {
        "A": NTPVI({"b": {"d": "B"}}).create(),
        "B": NTPVI({"a": {"d": "A"}}).create(),
        "N": NTPVI({"n": {"d": "S"}}).create(),
        "S": NTScalar(T.Int32).create(1),
    }
    with pytest.raises(ValueError, match="'A' is in itself: A > B > A"):
        await read_pvi(reader(values), "A")
    with pytest.raises(TypeError, match="PV 'S' is no device .* ScalarReading"):
        await read_pvi(reader(values), "N")
    with pytest.raises(ValueError, match="two devices would have the PV 'P:A1:PVI'"):
        publish_pvi("P:PVI", {"a": [{"x": {"y": {"r": "R"}}}], "a1": {"x": {"y": {"r": "R"}}}})


def test_an_entry_without_its_access() -> None:
    wrong: Any = {"pos": "S:POS"}
    with pytest.raises(ValueError, match="'pos' is 'S:POS': it has to say how that is accessed"):
        NTPVI(wrong)
    with pytest.raises(ValueError, match="'pos' is 'S:POS': it has to say how that is accessed"):
        publish_pvi("S:PVI", wrong)
