"""From Python objects to values: the inverse of unwrap()."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from enum import Enum
from typing import Any

from aiopvxs_core.data import TypeCodeEnum, Value
from aiopvxs_core.errors import FieldLookupError, NoConvert, ShapeError

from ._kinds import is_enum, is_numpy_bool, is_time, is_value
from .alarm import Alarm
from .enum import index_of_member
from .reading import Reading
from .timestamp import Timestamp, assign_timestamp

__all__ = ["assign"]

_T = TypeCodeEnum


def assign(value: Value, given: object) -> None:
    """Write a Python object to a value, by what the value is.

    Args:
        value: a structure; the leaves that are written become marked.
        given: a dict of fields (of which ``timeStamp`` takes moments, ``alarm`` an :class:`Alarm`, an enum
            a choice); a structure Value, whose marked leaves are taken; a reading; a model; a Timestamp or
            Alarm; else what its field ``value`` stands for.

    Raises:
        DataError: ``given`` does not fit.
        ValueError: a choice that there is not, a malformed table or image.
    """
    from .model import dump_into, has_columns, is_model

    if not is_value(value):
        raise TypeError(f"assign() writes to a Value, not to a {type(value).__name__}")
    if isinstance(given, Reading):
        given = given.raw
    if isinstance(given, Value) and given.type() == _T.Struct:
        value.assign(given)
    elif isinstance(given, Mapping):
        _assign_fields(value, given)
    elif isinstance(given, Timestamp) and value.get("timeStamp") is not None:
        assign_timestamp(value["timeStamp"], given)
    elif isinstance(given, Alarm) and value.get("alarm") is not None:
        value["alarm"] = given._fields()
    elif is_model(given) and not has_columns(type(given), value):
        dump_into(value, given)
    else:
        assign_plain(value, given)


def assign_plain(value: Value, given: object) -> None:
    """Write what the field ``value`` of a structure stands for."""
    from .ntndarray import assign_image, is_image_value
    from .nttable import assign_table, is_table_value

    field = value.get("value")
    if is_time(value) and isinstance(given, (datetime.datetime, tuple)):
        assign_timestamp(value, given)
    elif field is None:
        raise FieldLookupError(
            f"there is no field 'value' for a {type(given).__name__}; name the fields in a dict"
        )
    elif is_image_value(value):
        assign_image(value, given)
    elif is_table_value(value):
        assign_table(value, given)
    elif value.get("dim") is not None and _is_nested(given):
        _assign_matrix(value, given)
    else:
        assign_field(value, "value", given)


def assign_field(value: Value, path: str, given: object, choices: list[str] | None = None) -> None:
    """Write one field: an enum by index, choice or member, a time_t by a moment, characters by a str."""
    field = value[path]
    if isinstance(given, Mapping) or (isinstance(given, Value) and given.type() == _T.Struct):
        value[path] = given
    elif is_enum(field):
        value[f"{path}.index"] = _index(
            given, field.as_string_list("choices") if choices is None else choices
        )
    elif is_time(field):
        assign_timestamp(field, given)
    elif isinstance(given, Alarm) and field.get("severity") is not None:
        field.assign(given._fields())
    elif isinstance(given, str) and field.type() in (_T.Int8A, _T.UInt8A):
        _assign_characters(value, path, given)
    elif isinstance(given, (datetime.date, Timestamp)):
        raise NoConvert(
            f"field {path!r} ({field.type().name()}) takes no {type(given).__name__}: write to a time_t, "
            "or its .ns"
        )
    else:
        value[path] = given


def _assign_fields(value: Value, given: Mapping[Any, object]) -> None:
    """Write a dict of fields: all of it or, on an error, nothing."""
    special = {}
    plain = {}
    for name, content in given.items():
        field = value.get(name) if isinstance(name, str) else None
        if field is None or isinstance(content, Mapping) or not _is_special(field, content):
            plain[name] = content
        else:
            special[name] = content
    if not special:
        try:
            value.assign(given)
        except FieldLookupError:
            _check_no_columns(value, given)
            raise
        return
    trial = value.cloneEmpty()
    trial.assign(plain)
    for name, content in special.items():
        own = given.get(f"{name}.choices")
        choices = value.as_py(f"{name}.choices", default=None) if own is None else list(own)  # type: ignore[call-overload]
        assign_field(trial, name, content, choices)
    value.assign(trial)


def _check_no_columns(value: Value, given: Mapping[Any, object]) -> None:
    """Tell who gives a table a dict of its columns how to do that."""
    inner = value.get("value")
    if inner is None or inner.type() != _T.Struct:
        return
    if set(given) <= set(inner.keys()) and set(given).isdisjoint(value.keys()):
        names = ", ".join(map(repr, given))
        raise FieldLookupError(
            f"a dict names fields, and {names} are in the field 'value': {{'value': {{...}}}}"
        ) from None


def _is_special(field: Value, content: object) -> bool:
    if isinstance(content, (Value, type(None))) and not is_enum(field):
        return False
    if is_enum(field) or is_time(field) or isinstance(content, Alarm):
        return not (isinstance(content, Value) and content.type() == _T.Struct)
    return isinstance(content, str) and field.type() in (_T.Int8A, _T.UInt8A)


def _index(given: object, choices: list[str]) -> Any:
    """Return the index for a choice, a member of an Enum, a bool, or an index, which is itself."""
    if isinstance(given, Value):
        given = given.as_py()
    if isinstance(given, Enum):
        if choices or not isinstance(given.value, int):
            return index_of_member(given, choices)
        given = given.value
    if is_numpy_bool(given):
        given = bool(given)
    if isinstance(given, int) and choices and not 0 <= given < len(choices):
        raise ValueError(f"the index {given} has no choice: there are {choices}")
    if not isinstance(given, str):
        return given
    if given not in choices:
        raise ValueError(f"{given!r} is not among the choices {choices}")
    return choices.index(given)


def _assign_characters(value: Value, path: str, text: str) -> None:
    encoded = text.encode("utf-8", "surrogateescape")
    if b"\0" in encoded:
        raise NoConvert(f"field {path!r}: a long string ends at the first NUL, and this text has one inside")
    signed = value[path].type() == _T.Int8A
    value[path] = memoryview(encoded + b"\0").cast("b") if signed else encoded + b"\0"


def _is_nested(given: Any) -> bool:
    if isinstance(given, (list, tuple)):
        return any(isinstance(row, (list, tuple)) or getattr(row, "ndim", 0) for row in given)
    return bool(getattr(given, "ndim", 1) == 2)


def _assign_matrix(value: Value, given: Any) -> None:
    import numpy as np

    try:
        matrix = np.asanyarray(given)  # with its mask, which is refused
        rows, columns = matrix.shape
    except ValueError as exc:
        raise ShapeError("field 'value': a matrix is rows of equal length") from exc
    value.assign({"value": matrix.reshape(-1), "dim": [rows, columns]})
