"""StaticSource without a network."""

from __future__ import annotations

from typing import Any

import pytest

from aiopvxs.nt import NTScalar
from aiopvxs.server import Closed, Server, SharedPV, StaticSource


def test_add_and_remove() -> None:
    pv = SharedPV()
    source = StaticSource({"b": pv})
    source.add("a", pv)
    assert source.names() == list(source) == ["a", "b"]
    assert len(source) == 2
    assert "a" in source
    assert 5 not in source
    source.remove("a")
    assert source.names() == ["b"]
    assert "1 PV" in repr(source)


@pytest.mark.parametrize("pvs", [["a"], [("a", SharedPV())], "a", [], SharedPV()])
def test_pvs_have_names(pvs: Any) -> None:
    for serve in (StaticSource, Server):
        with pytest.raises(
            TypeError, match=f"PVs are given in a dict of names, not in a {type(pvs).__name__}"
        ):
            serve(pvs)


def test_bad_additions_change_nothing() -> None:
    pv = SharedPV()
    source = StaticSource({"a": pv})
    with pytest.raises(ValueError, match="PV 'a' already"):
        source.add("a", SharedPV())
    with pytest.raises(ValueError, match="not empty"):
        source.add("", pv)
    with pytest.raises(TypeError, match="named by a str, not by 5"):
        source.add(5, pv)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="'b' is served by a SharedPV or Handler, not by a int"):
        source.add("b", 5)  # type: ignore[arg-type]
    assert source.names() == ["a"]


def test_what_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(KeyError) as caught:
        StaticSource().remove("a")
    assert str(caught.value) == "There is no PV 'a'"


def test_a_removed_pv_stays_open() -> None:
    pv = SharedPV(NTScalar(), 1.0)
    source = StaticSource({"a": pv})
    source.remove("a")
    assert pv.is_open
    source.add("a", pv)


def test_messages_name_the_pv_by_its_first_name() -> None:
    pv = SharedPV()
    StaticSource({"first": pv, "second": pv})
    with pytest.raises(Closed, match='PV "first" is not open'):
        pv.post(1)
