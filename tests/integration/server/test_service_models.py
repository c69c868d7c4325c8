"""Models (dataclass, pydantic, msgspec) that services take and return, and that answer operations."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Optional

import msgspec
import numpy as np
import pydantic
import pytest
from numpy.typing import NDArray
from typing_extensions import TypeAliasType

from aiopvxs import Context, Server, SharedPV
from aiopvxs import nt as nts
from aiopvxs.client import RemoteError
from aiopvxs.data import Member, TypeDef
from aiopvxs.data import TypeCodeEnum as T
from aiopvxs.nt import NTScalar
from aiopvxs.server import Config, Operation, service


class Mode(Enum):
    idle = "idle"
    run = "run"


@dataclass
class Stage:
    position: float
    mode: Mode = Mode.idle


class Camera(pydantic.BaseModel):
    exposure: float
    gains: list[int] = []


class Pump(msgspec.Struct):
    speed: int
    name: str = ""


Length = TypeAliasType("Length", Annotated[float, nts.Units("m")])
Lengths = TypeAliasType("Lengths", list[Length])  # type: ignore[valid-type]

MODELS = [Stage(1.5, Mode.run), Camera(exposure=0.5, gains=[1, 2]), Pump(3, "north")]


def query(name: str, /, **fields: object) -> Any:
    """Return an argument that has one structure."""
    kinds = {float: T.Float64, int: T.Int32, str: T.String, list: T.Int32A}
    members = [Member(kinds[type(each)], key) for key, each in fields.items()]
    value = TypeDef(T.Struct, [Member(T.Struct, name, members)]).create()
    value[name] = fields
    return value


@service("models:")
class Services:
    """What each returns is what it was given, or what it is."""

    stages: Any = ()

    def stage(self) -> Stage:
        return Stage(1.5, Mode.run)

    async def camera(self) -> Camera:
        return Camera(exposure=0.5, gains=[1, 2])

    def pump(self) -> Pump:
        return Pump(3, "north")

    def many(self) -> list[Stage]:
        return list(self.stages)

    async def maybe(self, there: bool) -> Stage | None:
        return Stage(1.5) if there else None

    def another(self) -> Stage:
        return Camera(exposure=0.5)  # type: ignore[return-value]

    def lost(self) -> list[Stage]:
        return None  # type: ignore[return-value]

    def expose(self, camera: Camera) -> float:
        return camera.exposure * len(camera.gains)

    def pumped(self, pump: Pump) -> str:
        return f"{pump.name} {pump.speed}"

    def empty(self) -> list[float]:
        return []

    def numbers(self) -> Sequence[float]:
        return [1, 2]

    def optional(self) -> Optional[float]:  # noqa: UP045 - as many write it
        return 1

    def small(self) -> NDArray[np.int16]:
        return np.array([1, 2], np.int16)

    def halves(self, of: Lengths) -> Lengths:  # type: ignore[valid-type]
        return [each / 2 for each in of]  # type: ignore[attr-defined]

    def longest(self, of: Lengths) -> Length:  # type: ignore[valid-type]
        return max(of)  # type: ignore[call-overload]

    def counted(self) -> int:
        return np.int32(5)  # type: ignore[return-value]

    def measured(self) -> float:
        return np.float32(0.5)  # type: ignore[return-value]

    def cut(self) -> int:
        return np.float64(1.5)  # type: ignore[return-value]

    def texts(self) -> list[int]:
        return ["one"]  # type: ignore[list-item]

    def anything(self) -> list[Any]:
        return [1.5]


@pytest.fixture
async def ctx() -> AsyncIterator[Context]:
    async with (
        Server(config=Config.isolated(), services=[Services()]) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as context,
    ):
        yield context


@pytest.mark.parametrize(("name", "expected"), [*zip(["stage", "camera", "pump"], MODELS, strict=True)])
async def test_a_service_returns_a_model(ctx: Context, name: str, expected: Any) -> None:
    assert nts.load(type(expected), await ctx.rpc(f"models:{name}")) == expected


@pytest.mark.parametrize("stages", [[], [Stage(1.5, Mode.run)], [Stage(1.0), Stage(2.0)]])
async def test_a_service_returns_models(
    ctx: Context, monkeypatch: pytest.MonkeyPatch, stages: list[Stage]
) -> None:
    monkeypatch.setattr(Services, "stages", stages)
    found = await ctx.rpc("models:many")
    assert found["value"].type() == T.StructA
    assert [nts.load(Stage, each) for each in found["value"]] == stages


async def test_a_model_or_nothing(ctx: Context) -> None:
    assert nts.load(Stage, await ctx.rpc("models:maybe", there=True)) == Stage(1.5)
    assert not await ctx.rpc("models:maybe", there=False)


@pytest.mark.parametrize(
    ("name", "kind", "content"),
    [
        ("empty", T.Float64A, []),
        ("numbers", T.Float64A, [1.0, 2.0]),
        ("optional", T.Float64, 1.0),
        ("small", T.Int16A, [1, 2]),
        ("counted", T.Int64, 5),
        ("measured", T.Float64, 0.5),
        ("anything", T.Float64A, [1.5]),
    ],
)
async def test_the_type_is_that_of_the_annotation(ctx: Context, name: str, kind: T, content: object) -> None:
    found = await ctx.rpc(f"models:{name}")
    assert found["value"].type() == kind
    assert found.as_py("value") == content
    assert nts.unwrap(found).raw.id().startswith("epics:nt/NTScalar")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("another", "The service returned Camera.*, which is no Stage"),
        ("lost", "The service returned None, which is no list"),
        ("cut", "The service returned 1.5, which is no int"),
        ("texts", "element 0 of field 'value'"),
    ],
)
async def test_what_is_not_what_the_annotation_says(
    ctx: Context, caplog: pytest.LogCaptureFixture, name: str, text: str
) -> None:
    with pytest.raises(RemoteError, match=text):
        await ctx.rpc(f"models:{name}")
    assert f"models:{name}" in caplog.text
    assert nts.load(Pump, await ctx.rpc("models:pump")) == MODELS[2]


async def test_names_of_annotations(ctx: Context) -> None:
    halves = await ctx.rpc("models:halves", of=["3", 2])
    assert (halves["value"].type(), halves.as_py("value")) == (T.Float64A, [1.5, 1.0])
    longest = await ctx.rpc("models:longest", of=[3, 2])
    assert (longest["value"].type(), longest.as_py("value")) == (T.Float64, 3.0)
    with pytest.raises(RemoteError, match="of is no float: 'long'"):
        await ctx.rpc("models:longest", of=["long"])


async def test_models_as_arguments(ctx: Context, caplog: pytest.LogCaptureFixture) -> None:
    given = query("camera", exposure=0.5, gains=[1, 2, 3])
    assert (await ctx.rpc("models:expose", given)).as_float("value") == 1.5
    given = query("pump", speed="5", name="north")  # text, as commands send it
    assert (await ctx.rpc("models:pumped", given)).as_string("value") == "north 5"
    with pytest.raises(RemoteError, match=r"the argument camera is no Camera: exposure: .*; its arguments"):
        await ctx.rpc("models:expose", query("camera", exposure="long"))
    with pytest.raises(RemoteError, match=r"the argument pump is no Pump: .*int.*; its arguments are"):
        await ctx.rpc("models:pumped", query("pump", speed="fast"))
    assert not [record for record in caplog.records if record.name == "aiopvxs.server"]


@pytest.mark.parametrize("given", MODELS, ids=lambda given: type(given).__name__)
async def test_an_rpc_is_answered_with_a_model(given: Any) -> None:
    pv = SharedPV(NTScalar(float), 1.0)
    answers: list[bool] = []

    @pv.on_rpc
    async def _(op: Operation) -> None:
        answers.append(op.reply([given] if op.query.get("many") else given))
        answers.append(op.reply("too late"))

    async with (
        Server({"x": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        assert nts.load(type(given), await ctx.rpc("x")) == given
        (one,) = (await ctx.rpc("x", many=True))["value"]
        assert nts.load(type(given), one) == given
        assert answers == [True, False] * 2


@pytest.mark.parametrize("kind", [dataclass, pydantic.BaseModel, msgspec.Struct])
async def test_a_get_is_answered_with_a_model(kind: Any) -> None:
    """Its fields are laid over the PV."""
    if kind is dataclass:

        @dataclass
        class Position:
            value: float

    else:

        class Position(kind):  # type: ignore[no-redef]
            value: float

    pv = SharedPV(NTScalar(float, units="mm"), 1.0)
    made = Position(value=2.5)
    pv.on_get(lambda op: made)
    async with (
        Server({"x": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        found = await ctx.get("x")
        assert (found.as_float("value"), found.as_string("display.units")) == (2.5, "mm")

        @pv.on_get
        async def _(op: Operation) -> None:
            assert op.reply(Position(value=3.5))

        assert (await ctx.get("x")).as_float("value") == 3.5


async def test_models_that_differ_are_told_to_the_client() -> None:
    pv = SharedPV(NTScalar(float), 1.0)
    pv.on_rpc(lambda op: [{"a": 1}, {"b": 2}])
    async with (
        Server({"x": pv}, Config.isolated()) as server,
        Context(server.client_config(), use_env=False, timeout=20.0) as ctx,
    ):
        with pytest.raises(RemoteError, match="the elements of value have different fields"):
            await ctx.rpc("x")
