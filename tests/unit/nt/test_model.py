from __future__ import annotations

import dataclasses
import enum
from datetime import datetime, timezone
from typing import Annotated, Any, Optional

import msgspec
import numpy as np
import pydantic
import pydantic.dataclasses
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import aiopvxs_nt as nt
from aiopvxs_core.data import DataError, FieldLookupError, OutOfRange
from aiopvxs_core.data import TypeCodeEnum as T
from strategies import examples


class Mode(enum.Enum):
    IDLE = "idle"
    BUSY = "busy"


class Level(enum.IntEnum):
    LOW = 0
    HIGH = 1


@dataclasses.dataclass
class Axis:
    name: str
    position: float
    enabled: bool = True


@nt.model(id="site:stage/1.0")
@dataclasses.dataclass
class Stage:
    title: str
    count: int
    height: Annotated[float, nt.Units("mm"), nt.Limits(0, 90), nt.Precision(2), nt.Description("of it")]
    octet: Annotated[int, T.UInt8]
    single: np.float32
    mode: Mode
    level: Level
    main: Axis
    axes: list[Axis]
    holes: list[Axis | None]
    weights: list[float]
    tags: list[str]
    wave: NDArray[np.int16]
    when: datetime
    stamp: nt.Timestamp
    alarm: nt.Alarm
    raw: bytes
    note: Optional[str] = None  # noqa: UP045 both ways of writing it
    extra: Axis | None = None


def stage(**changes: Any) -> Stage:
    given_ = {
        "title": "grün",
        "count": -(2**40),
        "height": 12.5,
        "octet": 255,
        "single": np.float32(0.5),
        "mode": Mode.BUSY,
        "level": Level.HIGH,
        "main": Axis("x", 1.5, False),
        "axes": [Axis("y", 2.5), Axis("z", 3.5)],
        "holes": [Axis("a", 0.0), None],
        "weights": [0.1, 0.2],
        "tags": ["a", ""],
        "wave": np.array([1, -2], np.int16),
        "when": datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=timezone.utc),
        "stamp": nt.Timestamp(1_700_000_000_123_456_789),
        "alarm": nt.Alarm(nt.MAJOR, "stuck"),
        "raw": b"\0\xff",
    }
    return Stage(**{**given_, **changes})


def equal(first: Stage, second: Stage) -> bool:
    return all(
        np.array_equal(getattr(first, field.name), getattr(second, field.name))
        if field.name == "wave"
        else getattr(first, field.name) == getattr(second, field.name)
        for field in dataclasses.fields(Stage)
    )


def test_round_trip() -> None:
    for model in (stage(), stage(note="n", extra=Axis("e", 1.0))):
        value = nt.dump(model)
        assert value.typedef() == nt.type_of(Stage)
        again = nt.load(Stage, value)
        assert equal(again, model), (again, model)
        assert type(again.octet) is int
        assert type(again.single) is np.float32
        assert again.wave.dtype == np.int16


def test_the_type() -> None:
    definition = nt.type_of(Stage)
    assert definition.id == "site:stage/1.0"
    codes = {member.name: member.code.code for member in definition.members}
    assert codes == {
        "title": T.String, "count": T.Int64, "height": T.Struct, "octet": T.UInt8, "single": T.Float32,
        "mode": T.Struct, "level": T.Struct, "main": T.Struct, "axes": T.StructA, "holes": T.StructA,
        "weights": T.Float64A, "tags": T.StringA, "wave": T.Int16A, "when": T.Struct, "stamp": T.Struct,
        "alarm": T.Struct, "raw": T.UInt8A, "note": T.Any, "extra": T.Any,
    }  # fmt: skip
    assert nt.type_of(Stage) is nt.type_of(Stage)


def test_units_and_limits_are_those_of_an_ntscalar() -> None:
    value = nt.dump(stage())
    reading = nt.unwrap(value["height"])
    assert str(reading) == "12.50 mm"
    assert reading.display == nt.Display((0, 90), "mm", "of it", 2, nt.Form.DEFAULT)
    assert reading.control is not None
    assert reading.control.limits == (0, 90)
    with pytest.raises(ValueError, match=r"Stage\.height is 91, outside its limits 0 to 90"):
        nt.dump(stage(height=91))
    value["height.value"] = 91
    with pytest.raises(ValueError, match=r"Stage\.height is 91\.0, outside its limits 0 to 90"):
        nt.load(Stage, value)
    with pytest.raises(ValueError, match="low limit"):
        nt.Limits(1, 1)


def test_as_of_unwrap_and_assign() -> None:
    value = nt.dump(stage())
    assert nt.unwrap(value, Stage).title == "grün"
    nt.assign(value, stage(title="new", mode=Mode.IDLE))
    assert nt.unwrap(value, Stage).mode is Mode.IDLE
    before = value.clone()
    with pytest.raises(OutOfRange):
        nt.assign(value, stage(title="newer", octet=256))
    assert value == before


class PydanticAxis(pydantic.BaseModel):
    name: str
    position: float = pydantic.Field(ge=0)


class PydanticStage(pydantic.BaseModel):
    count: int
    height: Annotated[float, nt.Units("mm")]
    mode: Mode
    main: PydanticAxis
    axes: list[PydanticAxis]
    note: str | None = None


class MsgspecAxis(msgspec.Struct):
    name: str
    position: float


class MsgspecStage(msgspec.Struct, frozen=True):
    count: int
    height: Annotated[float, nt.Units("mm")]
    mode: Mode
    main: MsgspecAxis
    axes: list[MsgspecAxis]
    note: str | None = None


@pytest.mark.parametrize(("cls", "axis"), [(PydanticStage, PydanticAxis), (MsgspecStage, MsgspecAxis)])
def test_other_libraries(cls: Any, axis: Any) -> None:
    model = cls(
        count=3,
        height=1.5,
        mode=Mode.BUSY,
        main=axis(name="x", position=1),
        axes=[axis(name="y", position=2)],
    )
    value = nt.dump(model)
    assert nt.load(cls, value) == model
    assert nt.unwrap(value["height"]).display.units == "mm"  # type: ignore[union-attr]
    nt.assign(
        value, cls(count=4, height=2, mode=Mode.IDLE, main=axis(name="", position=0), axes=[], note="n")
    )
    assert nt.load(cls, value).note == "n"
    table = nt.NTTable(axis).create([axis(name="a", position=1), axis(name="b", position=2)])
    assert nt.load(list[axis], table)[1] == axis(name="b", position=2)


class Shuffled(msgspec.Struct, kw_only=True):
    first: int = 1
    second: str
    third: float = 2.5


@pydantic.dataclasses.dataclass
class Checked:
    number: int
    axis: PydanticAxis


def test_other_kinds_of_classes() -> None:
    assert nt.load(Shuffled, nt.dump(Shuffled(second="x"))) == Shuffled(second="x")
    part = nt.dump(Shuffled(second="x")).typedef()
    fewer = type(part)(part.code, part.members[1:]).create()
    fewer["second"] = "y"
    assert nt.load(Shuffled, fewer) == Shuffled(second="y", third=0.0)
    checked = Checked(3, PydanticAxis(name="n", position=1))
    assert nt.load(Checked, nt.dump(checked)) == checked


def test_what_pydantic_refuses_is_told() -> None:
    value = nt.dump(PydanticAxis(name="x", position=1))
    value["position"] = -1
    with pytest.raises(ValueError, match=r"(?s)PydanticAxis: .*position.*greater than or equal to 0"):
        nt.load(PydanticAxis, value)


class Constrained(msgspec.Struct):
    count: Annotated[int, msgspec.Meta(ge=0, lt=10)]
    text: Annotated[str, msgspec.Meta(max_length=3)] = ""
    numbers: Annotated[list[int], msgspec.Meta(max_length=2)] = []


@pytest.mark.parametrize(
    ("field", "content", "said"),
    [
        ("count", 10, r"Constrained\.count is 10: Expected `int` <= 9"),
        ("text", "long", r"Constrained\.text is 'long': Expected `str` of length <= 3"),
        ("numbers", [1, 2, 3], r"Constrained\.numbers is \[1, 2, 3\]: Expected `array` of length <= 2"),
    ],
)
def test_what_msgspec_would_refuse_is_told(field: str, content: object, said: str) -> None:
    value = nt.dump(Constrained(9, "abc", [1, 2]))
    assert nt.load(Constrained, value) == Constrained(9, "abc", [1, 2])
    value[field] = content
    with pytest.raises(ValueError, match=said):
        nt.load(Constrained, value)


class LimitedRow(msgspec.Struct):
    height: Annotated[float, nt.Limits(0, 90)]
    count: Annotated[int, msgspec.Meta(ge=0)] = 0


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (LimitedRow(91.0), r"LimitedRow of row 1: height is 91\.0, outside its limits 0 to 90"),
        (LimitedRow(1.0, -1), r"LimitedRow of row 1: count is -1: Expected `int` >= 0"),
    ],
)
def test_rows_outside_their_limits_are_told(row: LimitedRow, said: str) -> None:
    table = nt.NTTable(LimitedRow).create([LimitedRow(90.0)])
    assert nt.load(list[LimitedRow], table) == [LimitedRow(90.0)]
    table["value.height"] = [1.0, row.height]
    table["value.count"] = [0, row.count]
    with pytest.raises(ValueError, match=said):
        nt.load(list[LimitedRow], table)


def test_other_forms_of_the_same() -> None:
    """A PV need not have the type that the model would make."""
    from aiopvxs_core.data import Member, TypeDef

    definition = TypeDef(
        T.Struct,
        [
            Member(T.Int32, "more"),
            Member(T.Int16, "position"),
            nt.NTScalar(T.String).build().member("name"),
        ],
    )
    value = definition.create()
    nt.assign(value, {"position": 3, "name.value": "x"})
    assert nt.load(Axis, value) == Axis("x", 3.0, True)


def test_errors_name_the_field() -> None:
    value = nt.dump(Axis("x", 1.5))
    with pytest.raises(ValueError, match=r"Stage\.title: the value has no such field"):
        nt.load(Stage, value)
    with pytest.raises(FieldLookupError, match=r"Stage\.title: the value has no field 'title'"):
        nt.assign(value, stage())
    whole = nt.dump(stage())
    whole["mode.index"] = 5
    with pytest.raises(ValueError, match=r"Stage\.mode: the index 5 has no choice"):
        nt.load(Stage, whole)
    whole = nt.dump(stage())
    whole["axes"] = [{"name": "a"}, None]
    with pytest.raises(ValueError, match=r"Stage\.axes\[1\] is empty"):
        nt.load(Stage, whole)
    whole = nt.dump(stage())
    whole["note"] = 5
    with pytest.raises(ValueError, match=r"Stage\.note is 5 \(int\), and the model takes str"):
        nt.load(Stage, whole)

    @dataclasses.dataclass
    class Whole:
        position: int

    with pytest.raises(ValueError, match=r"Whole\.position is 1\.5 \(float\), and the model takes int"):
        nt.load(Whole, value)
    with pytest.raises((DataError, TypeError), match="count"):
        nt.dump(stage(count="many"))
    with pytest.raises(ValueError, match="has no zone"):
        nt.dump(stage(when=datetime(2024, 1, 1)))


def test_annotations_without_a_type_are_named() -> None:
    for annotation, text in (
        (complex, "no type follows from"),
        (dict[str, int], "no type follows from"),
        (int | str, "no type follows from"),
        (list[Mode], "array of enums"),
        (list[list[int]], "no type follows from"),
    ):
        cls = dataclasses.make_dataclass("Odd", [("field", annotation)])
        with pytest.raises(TypeError, match=rf"Odd\.field: .*{text}"):
            nt.model(cls)
    for wrong in (int, 5, "x"):
        with pytest.raises(TypeError, match="is no model"):
            nt.type_of(wrong)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="is no model"):
        nt.load(int, nt.dump(Axis("", 0)))


@dataclasses.dataclass
class Many:
    flag: bool
    number: int
    real: float
    text: str
    numbers: list[int]
    texts: list[str]
    flags: list[bool]
    mode: Mode
    maybe: int | None
    inner: list[Axis]


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**63), 2**63 - 1)
AXES = st.builds(Axis, TEXTS, st.floats(allow_nan=False), st.booleans())


@examples(100)
@given(
    st.builds(
        Many,
        st.booleans(),
        NUMBERS,
        st.floats(allow_nan=False),
        TEXTS,
        st.lists(NUMBERS),
        st.lists(TEXTS),
        st.lists(st.booleans()),
        st.sampled_from(Mode),
        st.none() | NUMBERS,
        st.lists(AXES),
    )
)
def test_every_model_comes_back(model: Many) -> None:
    assert nt.load(Many, nt.dump(model)) == model
    other = nt.type_of(Many).create()
    nt.assign(other, model)
    assert other["number"] == model.number


def test_aliases_of_pydantic() -> None:
    class Aliased(pydantic.BaseModel):
        x_position: float = pydantic.Field(alias="xPosition")
        other: int = pydantic.Field(2, validation_alias=pydantic.AliasChoices("other", "o"))

    assert nt.load(Aliased, nt.dump(Aliased(xPosition=1.5))) == Aliased(xPosition=1.5)
    assert nt.load(Aliased, nt.dump(Aliased(xPosition=1.5, o=3))).other == 3


class State(enum.Enum):
    OFF = "off"
    ON = "on"


@dataclasses.dataclass
class Device:
    state: State


def test_the_value_of_a_member_is_the_member() -> None:
    wrong: Any = "on"
    assert nt.load(Device, nt.dump(Device(wrong))) == Device(State.ON)
    wrong = "broken"
    with pytest.raises(ValueError, match=r"Device\.state is 'broken', .* takes State: \['off', 'on'\]"):
        nt.dump(Device(wrong))


@dataclasses.dataclass
class Tree:
    inner: list[Tree]


def test_a_model_that_holds_itself() -> None:
    with pytest.raises(TypeError, match="Tree holds itself"):
        nt.type_of(Tree)
