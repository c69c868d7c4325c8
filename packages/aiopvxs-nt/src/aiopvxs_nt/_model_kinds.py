"""Models of three libraries: what their fields are."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aiopvxs_core.data import TypeCode

from ._optional import need
from .aliases import without_aliases

__all__ = [
    "Description",
    "Limits",
    "ModelField",
    "Precision",
    "Units",
    "is_model",
    "is_model_class",
    "model_fields",
]

# dataclasses of ours, which stand for themselves
_OWN = ("aiopvxs", "aiopvxs_nt")


@dataclass(frozen=True)
class Units:
    """Units of a field of a model: ``Annotated[float, Units("mm")]``."""

    text: str


@dataclass(frozen=True)
class Description:
    """Description of a field of a model."""

    text: str


@dataclass(frozen=True)
class Precision:
    """Number of decimals of a field of a model."""

    decimals: int


@dataclass(frozen=True)
class Limits:
    """The lowest and the highest value of a field of a model; what is outside is refused."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"Limits({self.low}, {self.high}): the low limit has to be below the high one")


@dataclass(frozen=True)
class ModelField:
    """A field of a model."""

    name: str
    kind: Any
    """Its annotation, without Annotated and without None."""
    optional: bool
    metadata: tuple[Any, ...]
    has_default: bool

    @property
    def code(self) -> TypeCode | None:
        """The type that the annotation says outright: ``Annotated[int, T.UInt8]``."""
        for one in self.metadata:
            if isinstance(one, TypeCode) or type(one).__name__ == "TypeCodeEnum":
                return TypeCode(one)
        return None

    @property
    def shown(self) -> dict[str, Any]:
        """Options of NTScalar that the annotations say; empty where there are none."""
        options: dict[str, Any] = {}
        for one in self.metadata:
            if isinstance(one, Units):
                options["units"] = one.text
            elif isinstance(one, Description):
                options["description"] = one.text
            elif isinstance(one, Precision):
                options["precision"] = one.decimals
            elif isinstance(one, Limits):
                options["limits"] = (one.low, one.high)
        return options


def is_model_class(cls: object) -> bool:
    """Tell a class of dataclasses, pydantic or msgspec."""
    if not isinstance(cls, type) or cls.__module__.partition(".")[0] in _OWN:
        return False
    return dataclasses.is_dataclass(cls) or is_pydantic(cls) or hasattr(cls, "__struct_fields__")


def is_pydantic(cls: object) -> bool:
    """Tell a class derived from pydantic's BaseModel, without importing pydantic."""
    return hasattr(cls, "__pydantic_validator__") and hasattr(cls, "model_validate")


def is_model(obj: object) -> bool:
    """Tell an object of such a class."""
    return is_model_class(type(obj))


def model_fields(cls: type) -> tuple[ModelField, ...]:
    """Return the fields of a model, in order.

    Raises:
        TypeError: it is no model, or an annotation cannot be read.
    """
    return _model_fields(cls)


@lru_cache(maxsize=256)
def _model_fields(cls: Any) -> tuple[ModelField, ...]:
    if not is_model_class(cls):
        raise TypeError(f"{cls!r} is no model: it is no dataclass and no class of pydantic or msgspec")
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
    except NameError as exc:
        raise TypeError(
            f"{cls.__name__}: an annotation cannot be read: {exc}: its classes are those of the module"
        ) from exc
    return tuple(_field(name, without_aliases(hints[name]), default) for name, default in _names(cls))


def _names(cls: Any) -> list[tuple[str, bool]]:
    """Return names of fields, and whether they have a default."""
    if is_pydantic(cls):
        return [(name, not info.is_required()) for name, info in cls.model_fields.items()]
    if hasattr(cls, "__struct_fields__"):
        structs = need("msgspec.structs", "msgspec", "a model of msgspec")
        return [(field.name, not field.required) for field in structs.fields(cls)]
    missing = dataclasses.MISSING
    return [
        (field.name, field.default is not missing or field.default_factory is not missing)
        for field in dataclasses.fields(cls)
        if field.init
    ]


def _field(name: str, annotation: Any, has_default: bool) -> ModelField:
    kind, metadata = _bare(annotation)
    optional = False
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        others = [one for one in typing.get_args(kind) if one is not type(None)]
        optional = len(others) < len(typing.get_args(kind))
        if len(others) == 1:
            kind, more = _bare(others[0])
            metadata = (*metadata, *more)
    return ModelField(name, kind, optional, metadata, has_default)


def _bare(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    if typing.get_origin(annotation) is typing.Annotated:
        kind, *metadata = typing.get_args(annotation)
        return kind, tuple(metadata)
    return annotation, ()


def element_of(kind: Any) -> Any:
    """Return what a list, tuple or Sequence is annotated to hold; None if it is none of these."""
    origin = typing.get_origin(kind)
    if origin not in (list, tuple, Sequence):
        return None
    args = [one for one in typing.get_args(kind) if one is not ...]
    return args[0] if len(args) == 1 else None


def array_dtype(kind: Any) -> Any:
    """Return the scalar type of ``NDArray[...]``; None if it is no array of numpy."""
    origin = typing.get_origin(kind)
    if getattr(origin, "__module__", "") != "numpy" or getattr(origin, "__name__", "") != "ndarray":
        return None
    dtype = typing.get_args(kind)[-1]
    args = typing.get_args(dtype)
    return args[0] if args else None
