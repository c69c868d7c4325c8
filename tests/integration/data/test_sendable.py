"""What would cost a PVXS peer its connection is refused before it is sent; the rest arrives."""

from __future__ import annotations

from typing import Any

import pytest

from aiopvxs.client import Context, RemoteError
from aiopvxs.data import Member, NoConvert, TypeDef, Value
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.server import Config, Server, SharedPV

POINT = [Member(T.Int32, "a"), Member(T.StructA, "rows", [Member(T.Int32, "k")])]
CHOICE = Member(T.Union, "choice", [Member(T.Int32, "i"), Member(T.StructA, "list", POINT)])
DEFINITION = TypeDef(
    T.Struct,
    [
        Member(T.Any, "any"),
        Member(
            T.Union,
            "u",
            [
                Member(T.Int32, "i"),
                Member(T.StructA, "rows", POINT),
                Member(T.Struct, "s", [*POINT, CHOICE, Member(T.Any, "any")]),
                CHOICE,
            ],
        ),
        Member(T.StructA, "rows", [*POINT, CHOICE]),
        Member(T.AnyA, "list"),
        Member(T.Int32, "x"),
    ],
)


def nested(levels: int) -> dict[str, Any]:
    inner: dict[str, Any] = {"x": 1}
    for _ in range(levels):
        inner = {"s": inner}
    return inner


REFUSED = [
    ("any", [1, "a"]),
    ("any", [{"a": 1}]),
    ("any", ("u", None)),
    ("u", ("rows", [{"a": 1}])),
    ("u", ("choice", 5)),
    ("u", ("s", {"a": 1})),  # with a union that is null
    ("u", ("s", {"choice": ("list", [])})),
    ("any", nested(20)),
    ("list", [nested(20)]),
]

SENT = [
    ("any", None),
    ("any", {"a": 1, "rows": [{"k": 1}, None], "list": [1, "a"]}),
    ("any", nested(17)),
    ("u", None),
    ("u", 5),
    ("u", ("s", {"rows": [{"k": 3}], "choice": 5, "any": None})),
    ("rows", [{"a": 1, "rows": [None, {}], "choice": ("list", [{"a": 2}])}, None, {"choice": None}]),
    ("list", [1, None, [1, "a"], [{"a": 1}], {"a": [{}]}, nested(17)]),
]


def value_with(name: str, content: object) -> Value:
    value = DEFINITION.create()
    if content == ("u", None):
        union = TypeDef(T.Union, [Member(T.Int32, "i")]).create()
        union.assign(5)
        content = union
    value[name] = content
    return value


@pytest.fixture
def pv() -> SharedPV:
    pv = SharedPV()
    initial = DEFINITION.create()
    initial["x"] = 1
    pv.open(initial)
    return pv


@pytest.mark.parametrize(("name", "content"), REFUSED, ids=str)
async def test_refused(pv: SharedPV, name: str, content: object) -> None:
    value = value_with(name, content)
    before = pv.current
    with Server({"x": pv}, Config.isolated()) as server:
        for serve in (SharedPV().open, pv.post):
            with pytest.raises(NoConvert, match=rf"field '{name}' holds|nested more than 20 levels"):
                serve(value)
        async with Context(server.client_config(), use_env=False, timeout=20.0) as context:
            with pytest.raises((NoConvert, RemoteError), match="PV .x. cannot"):
                await context.put("x", value)
            assert await context.get("x") == before
            assert pv.current == before


@pytest.mark.parametrize(("name", "content"), SENT, ids=str)
async def test_sent(pv: SharedPV, name: str, content: object) -> None:
    value = value_with(name, content)
    value["x"] = 2
    with Server({"x": pv}, Config.isolated()) as server:
        async with Context(server.client_config(), use_env=False, timeout=20.0) as context:
            assert (await context.get("x")).x == 1
            pv.post(value)
            assert await context.get("x") == value
            pv.post({"x": 3})
            await context.put("x", value)
            assert await context.get("x") == value


@pytest.mark.parametrize("name", ["any", "list"])
async def test_a_put_too_deep_is_refused_at_once(pv: SharedPV, name: str) -> None:
    content = nested(20) if name == "any" else [nested(20)]
    with Server({"x": pv}, Config.isolated()) as server:
        async with Context(server.client_config(), use_env=False, timeout=20.0) as context:
            for given in (value_with(name, content), {name: content}):
                with pytest.raises(NoConvert, match="PV 'x' cannot .* nested more than 20 levels"):
                    await context.put("x", given)
            assert (await context.get("x")).x == 1
