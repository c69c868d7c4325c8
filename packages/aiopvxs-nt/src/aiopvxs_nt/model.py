"""Models (dataclass, pydantic, msgspec) as types and values."""

from __future__ import annotations

import datetime
import typing
from collections.abc import Callable
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, overload

from aiopvxs_core.data import Member, TypeCode, TypeCodeEnum, TypeDef, Value

from ._model_kinds import ModelField, array_dtype, element_of, is_model, is_model_class, model_fields
from ._model_load import has_columns, load
from .alarm import Alarm, alarm
from .enum import choices_of, enum
from .ntscalar import NTScalar
from .time import time
from .timestamp import Timestamp

__all__ = [
    "dump",
    "dump_into",
    "fields_of",
    "has_columns",
    "is_model",
    "is_model_class",
    "load",
    "model",
    "row_columns",
    "type_of",
]

C = TypeVar("C", bound=type)
_T = TypeCodeEnum
_ID = "__pva_id__"
_TIMES = (datetime.datetime, Timestamp)


@overload
def model(cls: C, /) -> C: ...
@overload
def model(*, id: str) -> Callable[[C], C]: ...
def model(cls: Any = None, /, *, id: str = "") -> Any:  # noqa: A002
    """Check a model at its definition, and give its structure an id.

    ``@nt.model`` or ``@nt.model(id="site:stage/1.0")`` above a dataclass, or a class of pydantic or msgspec.
    Models need it for an id only.

    Raises:
        TypeError: a field has an annotation that no type follows from; the text names it.
    """

    def decorate(given: Any) -> Any:
        if id:
            setattr(given, _ID, id)
        type_of(given)
        return given

    return decorate if cls is None else decorate(cls)


def type_of(cls: type) -> TypeDef:
    """Return the type of a model.

    bool, int, float, str, ``bytes`` and numpy's types are themselves, and ``list[...]`` of them or
    ``NDArray`` an array. An Enum class is an enum_t, a model a structure, ``list[Model]`` an array of
    structures, a datetime or :class:`Timestamp` a time_t, an :class:`Alarm` an alarm_t. ``X | None`` and
    ``Any`` are an Any. ``Annotated[float, Units("mm"), Limits(0, 90)]`` is an NTScalar, and
    ``Annotated[int, T.UInt8]`` says the type.

    Raises:
        TypeError: it is no model, or a type follows from none of these; the text names the field.
    """
    return _type_of(cls)


@lru_cache(maxsize=256)
def _type_of(cls: Any) -> TypeDef:
    try:
        members = [_member(cls, field) for field in model_fields(cls)]
    except RecursionError:
        raise TypeError(f"{cls.__name__} holds itself, and a type of PVAccess cannot: use Any") from None
    return TypeDef(_T.Struct, members, id=vars(cls).get(_ID, ""))


def _member(cls: type, field: ModelField) -> Member:
    where = f"{cls.__name__}.{field.name}"
    kind = field.kind
    if field.code is not None:
        code = field.code
        if element_of(kind) is not None and not code.is_array:
            code = TypeCode(int(code) | 0x08)
        return _shown(field, code) or Member(code, field.name)
    if field.optional or kind is typing.Any:
        if typing.get_origin(kind) is typing.Union:
            raise TypeError(f"{where}: a union of several types is not a type of PVAccess; use Any")
        return Member(_T.Any, field.name)
    if element_of(kind) is not None:
        return _array(where, field, element_of(kind))
    return _single(where, field, kind)


def _single(where: str, field: ModelField, kind: Any) -> Member:
    if isinstance(kind, type):
        if issubclass(kind, Enum):
            return enum(field.name)
        if issubclass(kind, _TIMES):
            return time(field.name)
        if issubclass(kind, Alarm):
            return alarm(field.name)
        if is_model_class(kind):
            return type_of(kind).member(field.name)
        if kind is bytes:
            return Member(_T.UInt8A, field.name)
    if (scalar := array_dtype(kind)) is not None:
        return _shown(field, list[scalar]) or Member(_code(where, list[scalar]), field.name)  # type: ignore[valid-type]
    code = _code(where, kind)
    return _shown(field, code) or Member(code, field.name)


def _array(where: str, field: ModelField, element: Any) -> Member:
    inner = [one for one in typing.get_args(element) if one is not type(None)]
    if len(inner) == 1 and is_model_class(inner[0]):
        element = inner[0]
    if is_model_class(element):
        return type_of(element).member(field.name, _T.StructA)
    if element is typing.Any:
        return Member(_T.AnyA, field.name)
    if isinstance(element, type) and issubclass(element, Enum):
        raise TypeError(f"{where}: an array of enums is not a type of PVAccess; use list[int] or list[str]")
    code = _code(where, element)
    if code.is_array:
        raise TypeError(f"{where}: no type follows from {field.kind!r}: arrays have one dimension")
    code = TypeCode(int(code) | 0x08)
    return _shown(field, code) or Member(code, field.name)


def _code(where: str, kind: Any) -> TypeCode:
    try:
        return TypeCode(kind)
    except (TypeError, ValueError):
        raise TypeError(
            f"{where}: no type follows from {kind!r}; it may be bool, int, float, str, a numpy type, "
            "NDArray[...] of one, an Enum, a model, a datetime, or a list of these; "
            "Annotated[..., TypeCodeEnum...] says it outright"
        ) from None


def _shown(field: ModelField, code: Any) -> Member | None:
    """Return an NTScalar where the annotations say units and so on."""
    if not field.shown:
        return None
    return NTScalar(code, **field.shown).build().member(field.name)


def dump(obj: object) -> Value:
    """Make a value of a model's type from an object of it: everything in it is marked.

    Raises:
        TypeError: it is no model.
        ValueError: a value outside its ``Limits``.
        DataError: a value does not fit its field.
    """
    cls = type(obj)
    value = type_of(cls).create()
    for path, options, code in _metadata(cls):
        value[path] = NTScalar(code, **options).create()
    dump_into(value, obj, with_choices=True)
    return value


def _metadata(cls: type, path: str = "") -> list[tuple[str, dict[str, Any], Any]]:
    """Return where there are units and so on: path, options, type."""
    found = []
    members = {member.name: member for member in type_of(cls).members}
    for field in model_fields(cls):
        where = f"{path}{field.name}"
        if field.shown:
            found.append((where, field.shown, members[field.name].children[0].code))
        elif is_model_class(field.kind) and not field.optional:
            found += _metadata(field.kind, f"{where}.")
    return found


def dump_into(value: Value, obj: object, *, with_choices: bool = False) -> None:
    """Write a model to a value that has its fields: all of it or, on an error, nothing."""
    value.assign(_content(value, obj, with_choices))


def fields_of(obj: Any) -> dict[str, Any]:
    """Return the fields of a model."""
    return {field.name: getattr(obj, field.name) for field in model_fields(type(obj))}


def _content(value: Value, obj: object, with_choices: bool) -> dict[str, Any]:
    """Return a dict for ``assign()``, by the types that the value has."""
    from aiopvxs_core.errors import FieldLookupError

    made = {}
    for field in model_fields(type(obj)):
        content = getattr(obj, field.name)
        where = f"{type(obj).__name__}.{field.name}"
        target = value.get(field.name)
        if target is None:
            raise FieldLookupError(f"{where}: the value has no field {field.name!r}, only {value.keys()}")
        _check_limits(where, field, content)
        if isinstance(field.kind, type) and issubclass(field.kind, Enum) and content is not None:
            content = _as_member(where, field.kind, content)
        made[field.name] = _one(where, target, content, with_choices, value)
    return made


def _as_member(where: str, cls: type[Enum], content: Any) -> Any:
    """Return a member for its value, which models that do not check their fields may have."""
    if isinstance(content, Enum):
        return content
    try:
        return cls(content)
    except ValueError:
        told = [member.value for member in cls]
        raise ValueError(f"{where} is {content!r}, and the model takes {cls.__name__}: {told}") from None


def _check_limits(where: str, field: ModelField, content: Any) -> None:
    limits = field.shown.get("limits")
    if limits is not None and content is not None and not isinstance(content, (list, tuple)):
        import operator

        low, high = limits
        if not hasattr(content, "__len__") and not (operator.le(low, content) and operator.le(content, high)):
            raise ValueError(f"{where} is {content}, outside its limits {low} to {high}")


def _one(where: str, target: Value, content: Any, with_choices: bool, parent: Value) -> Any:
    code = target.type()
    if code == _T.Any:
        return _for_any(content)
    if code == _T.StructA:
        prototype = _element(parent, where.rpartition(".")[2])
        return [
            None if one is None else _content(prototype, one, with_choices) if is_model(one) else one
            for one in content
        ]
    if code != _T.Struct:
        return content.value if isinstance(content, Enum) else content
    return _structure(where, target, content, with_choices)


def _structure(where: str, target: Value, content: Any, with_choices: bool) -> Any:
    from ._kinds import is_enum, is_time
    from .enum import index_of_member

    if is_model(content):
        return _content(target, content, with_choices)
    if is_time(target):
        stamp = Timestamp(content)
        return {
            "secondsPastEpoch": stamp.seconds, "nanoseconds": stamp.nanoseconds, "userTag": stamp.user_tag,
        }  # fmt: skip
    if isinstance(content, Alarm):
        return content._fields()
    if is_enum(target):
        if not isinstance(content, Enum):
            return {"index": content}
        own = choices_of(type(content))
        if with_choices:
            return {"index": index_of_member(content, own), "choices": own}
        choices = target.as_string_list("choices")
        return {"index": index_of_member(content, choices or own)}
    inner = target.get("value")
    if inner is not None:
        return {"value": _one(where, inner, content, with_choices, target)}
    raise TypeError(f"{where}: a {type(content).__name__} does not go into a structure of {target.keys()}")


def _element(parent: Value, name: str) -> Value:
    """Return an empty element of an array of structures."""
    [member] = [member for member in parent.typedef().members if member.name == name]
    return TypeDef(_T.Struct, member.children, id=member.id).create()


def _for_any(content: Any) -> Any:
    if is_model(content):
        return dump(content)
    if isinstance(content, Enum):
        return content.value if isinstance(content.value, (str, int)) else content.name
    if isinstance(content, _TIMES):
        made = TypeDef(_T.Struct, time().children, id="time_t").create()
        from .timestamp import assign_timestamp

        assign_timestamp(made, content)
        return made
    if isinstance(content, list) and content and all(is_model(one) for one in content):
        return [dump(one) for one in content]
    return content


def row_columns(cls: type) -> list[tuple[str, Any]]:
    """Return names and types of the columns that a model stands for: one of a row, or one of columns."""
    found = []
    fields = model_fields(cls)
    if fields and all(element_of(field.kind) or array_dtype(field.kind) for field in fields):
        return [(field.name, _element_code(cls, field)) for field in fields]
    for field in fields:
        where = f"{cls.__name__}.{field.name}"
        if field.code is not None:
            found.append((field.name, field.code))
        elif field.optional or element_of(field.kind) is not None:
            raise TypeError(f"{where}: a column of a table holds bool, numbers or strings")
        else:
            found.append((field.name, _code(where, field.kind)))
    return found


def _element_code(cls: type, field: ModelField) -> TypeCode:
    """Return the type of an element of a column."""
    element = element_of(field.kind) or array_dtype(field.kind)
    if isinstance(element, type) and issubclass(element, Enum):
        element = str
    return field.code or _code(f"{cls.__name__}.{field.name}", element)
