"""What put() makes of what it is given."""

from __future__ import annotations

import numpy as np
import pytest

from aiopvxs import Context, Server, SharedPV
from aiopvxs.data import Member, TypeDef, Value
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config

PVs = dict[str, SharedPV]


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize(
    ("name", "given", "stored"),
    [
        ("int", 9, 9),
        ("int", "0x10", 16),
        ("int", np.int64(-3), -3),
        ("double", 2, 2.0),
        ("string", "other", "other"),
        ("array", [3, 4, 5], [3.0, 4.0, 5.0]),
        ("array", np.arange(3, dtype=">i2"), [0.0, 1.0, 2.0]),
        ("array", [], []),
    ],
)
async def test_plain_value_goes_to_value(
    own_ctx: Context, pvs: PVs, name: str, given: object, stored: object, warm: bool
) -> None:
    if warm:
        await own_ctx.put(name, {"alarm.message": "warm"})
    done = await own_ctx.put(name, given)
    assert not done
    assert pvs[name].current.as_py("value") == stored


@pytest.mark.parametrize("warm", [False, True])
async def test_dict_names_fields_and_only_they_are_sent(own_ctx: Context, pvs: PVs, warm: bool) -> None:
    pvs["int"].post({"display": {"units": "mm"}, "alarm.severity": 2})
    if warm:
        await own_ctx.put("int", 1)
    await own_ctx.put("int", {"value": 8, "alarm": {"message": "set"}})
    now = pvs["int"].current
    assert (int(now.value), now.as_string("alarm.message")) == (8, "set")
    assert (now.as_int("alarm.severity"), now.as_string("display.units")) == (2, "mm")


async def test_marked_leaves_of_a_value_are_sent(own_ctx: Context, pvs: PVs) -> None:
    given = NTScalar(T.Int32).create()  # another type, equal in the fields that count
    given.value = 33
    await own_ctx.put("int", given)
    assert int(pvs["int"].current.value) == 33
    given["value"] = 0  # the value that was given stays the user's
    assert int(pvs["int"].current.value) == 33


async def test_leaf_of_a_value_stands_for_its_plain_value(own_ctx: Context, pvs: PVs) -> None:
    given = await own_ctx.get("spare")
    given.value = 12
    await own_ctx.put("int", given.value)
    assert int(pvs["int"].current.value) == 12
    await own_ctx.put("int", lambda present: present.display.limitLow)
    assert int(pvs["int"].current.value) == 0


async def test_value_from_a_get_can_be_changed_and_put_back(own_ctx: Context, pvs: PVs) -> None:
    value = await own_ctx.get("array")
    value.unmark()
    value.value = [7.0]
    await own_ctx.put("array", value)
    assert pvs["array"].current.as_list("value") == [7.0]
    assert value.as_list("value") == [7.0]


async def test_builder_is_given_the_present_value_without_marks(own_ctx: Context, pvs: PVs) -> None:
    seen: list[set[str]] = []

    def build(present: Value) -> dict[str, int]:
        seen.append(present.changed())
        return {"value": int(present.value) + 1}

    await own_ctx.put("int", build)
    await own_ctx.put("int", build)
    assert int(pvs["int"].current.value) == 7
    assert seen == [set(), set()]


async def test_builder_may_change_and_return_the_present_value(own_ctx: Context, pvs: PVs) -> None:
    def build(present: Value) -> Value:
        present.value = 11
        return present

    await own_ctx.put("int", build)
    assert int(pvs["int"].current.value) == 11


@pytest.mark.parametrize("warm", [False, True])
@pytest.mark.parametrize(
    ("given", "index"), [(1, 1), ("on", 1), ("12", 2), ({"value": "on"}, 1), ({"value.index": 2}, 2)]
)
async def test_enum_takes_index_or_choice(
    own_ctx: Context, pvs: PVs, given: object, index: int, warm: bool
) -> None:
    if warm:
        await own_ctx.put("enum", 0)
    await own_ctx.put("enum", given)
    now = pvs["enum"].current
    assert now.as_int("value.index") == index
    assert now.as_string_list("value.choices") == ["off", "on", "12"]


async def test_choices_are_those_of_the_moment(own_ctx: Context, pvs: PVs) -> None:
    await own_ctx.put("enum", "on")
    pvs["enum"].post({"value.choices": ["on", "off"]})
    await own_ctx.put("enum", "off")
    assert pvs["enum"].current.as_int("value.index") == 1


@pytest.mark.parametrize("given", ["broken", "1"])
async def test_wrong_choice_is_a_value_error_that_lists_the_choices(
    own_ctx: Context, pvs: PVs, given: str
) -> None:
    with pytest.raises(ValueError, match=rf"'{given}' is no choice of PV 'enum'.*'off', 'on', '12'"):
        await own_ctx.put("enum", given)
    assert pvs["enum"].current.as_int("value.index") == 0


async def test_structures_without_value_are_put_by_dict_only() -> None:
    pv = SharedPV()
    pv.open(TypeDef(T.Struct, [Member(T.Int32, "a")]).create())
    async with (
        Server({"s": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        await ctx.put("s", {"a": 4})
        with pytest.raises(KeyError, match="PV 's' has no field 'value'"):
            await ctx.put("s", 5)
        assert pv.current.as_int("a") == 4
