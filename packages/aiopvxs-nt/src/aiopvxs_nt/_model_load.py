"""From values to models."""

from __future__ import annotations

import datetime
import typing
from enum import Enum
from typing import Any, TypeVar

from aiopvxs_core.data import TypeCodeEnum, Value

from ._kinds import is_enum, is_time, is_value
from ._model_kinds import ModelField, array_dtype, element_of, is_model_class, is_pydantic, model_fields
from ._optional import need
from .alarm import Alarm
from .aliases import without_aliases
from .asked import Asked, asked_of
from .enum import choice_to_member
from .severity import AlarmSeverity, AlarmStatus
from .timestamp import Timestamp

__all__ = ["has_columns", "load", "load_asked"]

M = TypeVar("M")
_T = TypeCodeEnum
_ABSENT: Any = object()


def load(cls: type[M], value: Value) -> M:
    """Make a model from a value.

    Args:
        cls: a dataclass, a class of pydantic or msgspec; or ``list[Model]``, of the rows of a table. The
            fields of a model may be the columns of a table.
        value: a structure that has its fields; others do no harm. A field that is missing takes the model's
            default.

    Raises:
        TypeError: ``cls`` is no model.
        ValueError: a field is missing, or holds what the model does not take; the text names it.
    """
    if not is_value(value):
        raise TypeError(f"load() takes a Value, not a {type(value).__name__}")
    return load_asked(cls, value, asked_of(value))


def load_asked(cls: type[M], value: Value, asked: Asked | None) -> M:
    """Make a model from a value of which so much was asked for; the rest is as if it were missing."""
    cls = without_aliases(cls)
    row = element_of(cls)
    if row is not None and is_model_class(row):
        return _rows(row, value, asked)  # type: ignore[return-value]
    if not is_model_class(cls):
        raise TypeError(f"{cls!r} is no model: it is no dataclass and no class of pydantic or msgspec")
    if value.type() != _T.Struct:
        raise TypeError(f"{cls.__name__} is made of a structure, not of {value!r}")
    if has_columns(cls, value):
        return typing.cast("M", _columns(cls, value, asked))
    return typing.cast("M", _structure(cls, value, cls.__name__, asked))


def has_columns(cls: type, value: Value) -> bool:
    """Tell a model whose fields are the columns of this table, which has none of its own by these names."""
    from .nttable import is_table_value

    inner = value.get("value")
    if inner is None or inner.type() != _T.Struct or not is_table_value(value):
        return False
    names = {field.name for field in model_fields(cls)}
    return not names.isdisjoint(inner.keys()) and names.isdisjoint(value.keys())


def _columns(cls: type, value: Value, asked: Asked | None) -> Any:
    from .table import TableReading

    if asked is not None and not asked.any_of("value"):
        raise ValueError(f"{cls.__name__} is made of columns, and only {asked} was asked for")
    table = TableReading(value)
    if asked is not None:
        table._leave_out(asked)
    table.check_lengths()
    return _structure(cls, value["value"], cls.__name__, None if asked is None else asked.within("value"))


def _rows(row: type, value: Value, asked: Asked | None) -> list[Any]:
    from .nttable import NTTable
    from .table import TableReading

    if not NTTable.matches(value):
        raise ValueError(f"list[{row.__name__}] is made of a table, and this is none")
    made = []
    names = [field.name for field in model_fields(row)]
    table = TableReading(value)
    if asked is not None:
        table._leave_out(asked)
        if not asked.any_of("value"):
            raise ValueError(f"list[{row.__name__}] is made of columns, and only {asked} was asked for")
    for number, found in enumerate(table.rows()):
        where = f"{row.__name__} of row {number}"
        fields = {}
        for field in model_fields(row):
            if field.name in found:
                here = f"{where}: {field.name}"
                fields[field.name] = _checked(here, field.kind, found[field.name])
                _check_limits(here, field, fields[field.name])
            elif not field.has_default:
                raise ValueError(f"{where}: there is no column {field.name!r}; the model has {names}")
        made.append(_construct(row, fields, where))
    return made


def _structure(cls: type, value: Value, where: str, asked: Asked | None = None) -> Any:
    fields = {}
    for field in model_fields(cls):
        inner = value.get(field.name)
        here = f"{where}.{field.name}"
        if inner is None or (asked is not None and not asked.any_of(field.name)):
            if field.has_default:
                continue
            if inner is not None:
                raise ValueError(f"{here}: the field was not asked for, only {asked}")
            raise ValueError(f"{here}: the value has no such field, only {value.keys()}")
        if asked is not None and (part := asked.within(field.name)) is not None:
            part.note_on(inner)
        found = _one(field, field.kind, inner, here)
        if found is None and not field.optional and field.kind is not Any:
            raise ValueError(f"{here}: the field is empty, and the model takes no None")
        _check_limits(here, field, found)
        fields[field.name] = found
    return _construct(cls, fields, where)


def _construct(cls: Any, fields: dict[str, Any], where: str) -> Any:
    try:
        if is_pydantic(cls):
            return cls.model_validate({_key(cls, name): content for name, content in fields.items()})
        return cls(**fields)
    except (TypeError, ValueError) as exc:
        raise ValueError(f"{where}: {exc}") from exc


def _key(cls: Any, name: str) -> str:
    """Return by what pydantic knows a field: its alias, if that is one name."""
    alias = cls.model_fields[name].validation_alias
    by_alias = cls.model_config.get("validate_by_alias", True) is not False
    return alias if isinstance(alias, str) and by_alias else name


def _check_limits(where: str, field: ModelField, content: Any) -> None:
    """Refuse what the annotation does not allow; pydantic's own annotations are for pydantic to check."""
    if not field.metadata:  # of a table's rows, most
        return
    limits = field.shown.get("limits")
    if limits is not None and isinstance(content, (int, float)) and not limits[0] <= content <= limits[1]:
        raise ValueError(f"{where} is {content}, outside its limits {limits[0]} to {limits[1]}")
    constraints = [one for one in field.metadata if _is_msgspecs(one)]
    if constraints and isinstance(content, (int, float, str, bytes, list, tuple)):
        msgspec = need("msgspec", "msgspec", "a model of msgspec")  # its classes check nothing themselves
        try:
            msgspec.convert(content, typing.Annotated[(field.kind, *constraints)])
        except msgspec.ValidationError as exc:
            raise ValueError(f"{where} is {content!r}: {exc}") from exc


def _is_msgspecs(annotation: object) -> bool:
    return type(annotation).__module__.partition(".")[0] == "msgspec"


def _one(field: ModelField, kind: Any, value: Value, where: str) -> Any:
    code = value.type()
    if code in (_T.Any, _T.Union):
        held = value["->"] if code == _T.Any and value.as_py(default=None) is not None else None
        if held is not None and held.type() == _T.Struct:
            return _one(field, kind, held, where)
        found = value.as_py(arrays="numpy", default=None)
        return found if found is None or kind is Any else _checked(where, kind, found)
    if code == _T.StructA:
        return _elements(kind, value, where)
    if code == _T.Struct:
        return _inner(field, kind, value, where)
    if kind is Any:
        return value.as_py()
    return _checked(where, kind, value.as_py(arrays="numpy"))


def _elements(kind: Any, value: Value, where: str) -> list[Any]:
    element = element_of(kind)
    inner = [one for one in typing.get_args(element) if one is not type(None)]
    cls = inner[0] if len(inner) == 1 else element
    if not is_model_class(cls):
        raise ValueError(f"{where}: the value has an array of structures, and the model {kind!r}")
    made = []
    for number, one in enumerate(value):
        if one is None and not inner:
            raise ValueError(f"{where}[{number}] is empty, and the model takes no None")
        made.append(None if one is None else _structure(cls, one, f"{where}[{number}]"))
    return made


def _inner(field: ModelField, kind: Any, value: Value, where: str) -> Any:
    if kind is Any:
        return value.as_dict()
    if isinstance(kind, type):
        if is_model_class(kind):
            return _structure(kind, value, where, asked_of(value))
        if issubclass(kind, Enum) and is_enum(value):
            try:
                return choice_to_member(kind, value.as_int("index"), value.as_string_list("choices"))
            except ValueError as exc:
                raise ValueError(f"{where}: {exc}") from None
        if issubclass(kind, (datetime.datetime, Timestamp)) and is_time(value):
            stamp = Timestamp._of(
                value.as_int("secondsPastEpoch"), value.as_int("nanoseconds"), value.as_int("userTag", 0)
            )
            return stamp if issubclass(kind, Timestamp) else stamp.datetime
        if issubclass(kind, Alarm) and value.get("severity") is not None:
            severity, status = value.as_int("severity"), value.as_int("status", 0)
            return Alarm(AlarmSeverity(severity), value.as_string("message", ""), AlarmStatus(status))
    inner = value.get("value")
    if inner is not None:
        return _one(field, kind, inner, where)
    raise ValueError(f"{where}: the value has a structure of {value.keys()}, and the model {kind!r}")


def _checked(where: str, kind: Any, found: Any) -> Any:
    """Return a leaf as what its annotation says, if nothing of it is lost."""
    element = element_of(kind)
    listed = found.tolist() if hasattr(found, "tolist") and getattr(found, "ndim", 0) > 0 else found
    if element is not None:
        if not isinstance(listed, list):
            raise ValueError(f"{where} is {found!r}, and the model takes {kind!r}")
        items = [_checked(f"{where}[{number}]", element, one) for number, one in enumerate(listed)]
        return tuple(items) if typing.get_origin(kind) is tuple else items
    if array_dtype(kind) is not None:
        import numpy as np

        return np.asarray(found)
    if kind is bytes:
        return bytes(listed) if isinstance(listed, list) else found
    if kind is Any:
        return listed
    return _scalar(where, kind, found)


def _scalar(where: str, kind: Any, found: Any) -> Any:
    cls: Any = kind
    if isinstance(kind, type):
        if issubclass(kind, Enum):
            try:
                return kind(found)
            except ValueError as exc:
                raise ValueError(f"{where}: {exc}") from None
        if type(found) is kind or (kind is float and type(found) is int):
            return cls(found)
        # numpy's scalars
        if kind.__module__ == "numpy" and not isinstance(found, (str, list)):
            return cls(found)
    name = getattr(kind, "__name__", repr(kind))
    raise ValueError(f"{where} is {found!r} ({type(found).__name__}), and the model takes {name}")
