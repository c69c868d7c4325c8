"""From readings to what a user asks for: as_."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from .aliases import without_aliases
from .enum import choice_to_member
from .image import ImageReading
from .reading import Reading
from .readings import ArrayReading, EnumReading
from .table import TableReading

__all__ = ["convert"]


def convert(reading: Reading[Any], as_: Any) -> Any:
    """Return the value of a reading as an Enum, a number, text, array, table, model, or list[Model].

    Raises:
        TypeError: it is nothing that this is made of.
        ValueError: it has no such value.
    """
    from ._model_kinds import element_of, is_model_class
    from ._model_load import load_asked as load

    as_ = without_aliases(as_)
    row = element_of(as_)
    if is_model_class(row):
        return load(as_, reading.raw, getattr(reading, "_asked", None))
    if not isinstance(as_, type) or row is not None:
        raise TypeError(f"as_ is a class, or list[Model] for the rows of a table, not {as_!r}")
    if issubclass(as_, Enum) or as_ in _OF_THE_VALUE:
        _check_asked(reading, as_)
    if issubclass(as_, Enum):
        return _member(reading, as_)
    if as_ is bool:
        return _bool(reading)
    if as_ in (int, float):
        return _as_number(reading, as_)
    if as_ is str:
        return _text(reading)
    if is_model_class(as_):
        return load(as_, reading.raw, getattr(reading, "_asked", None))
    if (make := _container(reading, as_)) is not None:
        _check_asked(reading, as_)
        return make(reading)
    if issubclass(as_, Reading):
        if not isinstance(reading, as_):
            raise TypeError(f"the value makes a {type(reading).__name__}, not a {as_.__name__}")
        return reading
    raise TypeError(f"nothing is known of how to read a {type(reading).__name__} as {as_.__name__}")


def _container(reading: Reading[Any], as_: type) -> Callable[[Any], Any] | None:
    """Return what makes an array, a table, a list or a dict of the reading; None if nothing does."""
    named = f"{as_.__module__.partition('.')[0]}.{as_.__name__}"
    if isinstance(reading, TableReading):
        return _OF_TABLES.get(named)
    if isinstance(reading, ImageReading) and named == "xarray.DataArray":
        return ImageReading.to_xarray
    if isinstance(reading, (ArrayReading, ImageReading)):
        return _OF_ARRAYS.get(named)
    return _value if as_ is dict and isinstance(reading.value, dict) else None


def _value(reading: Reading[Any]) -> Any:
    return reading.value


def _list(reading: Reading[Any]) -> list[Any]:
    value = reading.value
    return list(value) if isinstance(value, list) else list(value.tolist())


# libraries that are not imported unless they are used
_OF_ARRAYS: dict[str, Callable[[Any], Any]] = {"numpy.ndarray": Reading.__array__, "builtins.list": _list}
_OF_TABLES: dict[str, Callable[[Any], Any]] = {
    "builtins.dict": _value,
    "builtins.list": TableReading.rows,
    "numpy.ndarray": TableReading.to_numpy,
    "pandas.DataFrame": TableReading.to_pandas,
    "polars.DataFrame": TableReading.to_polars,
    "pyarrow.Table": TableReading.to_arrow,
}
_OF_THE_VALUE = (bool, int, float, str)


def _check_asked(reading: Reading[Any], as_: type) -> None:
    if reading._left_out(reading._value_field):
        raise ValueError(
            f"{as_.__name__} is made of the field 'value', and only {reading._asked} was asked for"
        )


def _member(reading: Reading[Any], cls: type[Enum]) -> Enum:
    if isinstance(reading, EnumReading):
        return choice_to_member(cls, reading.index, reading.choices)
    try:
        return cls(reading.value)
    except ValueError:
        if isinstance(reading.value, str):
            return choice_to_member(cls, 0, [reading.value])
        raise


def _as_number(reading: Reading[Any], as_: type) -> Any:
    number = _number(reading)
    try:
        made = as_(number)
    except (TypeError, ValueError, OverflowError) as exc:
        kind = TypeError if isinstance(exc, TypeError) else ValueError
        raise kind(f"a {type(reading).__name__} of {_brief(number)} makes no {as_.__name__}") from None
    if as_ is int and isinstance(number, float) and made != number:
        raise ValueError(f"{number} is no whole number: round() it, or take it as a float")
    return made


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _number(reading: Reading[Any]) -> Any:
    return reading.index if isinstance(reading, EnumReading) else reading.value


def _bool(reading: Reading[Any]) -> bool:
    number = _number(reading)
    if number in (0, 1) and not isinstance(number, str):
        return bool(number)
    raise ValueError(f"{reading} is neither 0 nor 1, so it is no bool")


def _text(reading: Reading[Any]) -> str:
    if isinstance(reading, ArrayReading):
        return reading.text
    if isinstance(reading, EnumReading):
        if reading.choice is None:
            raise ValueError(f"the index {reading.index} has no choice: there are {list(reading.choices)}")
        return reading.choice
    return str(reading.value)
