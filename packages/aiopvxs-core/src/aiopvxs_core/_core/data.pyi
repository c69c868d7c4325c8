"""Types and values."""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from types import EllipsisType, GenericAlias
from typing import Any, Literal, TypeAlias, TypeVar, overload

import numpy as np
from numpy.typing import DTypeLike, NDArray

_T = TypeVar("_T")
_TypeCodeLike: TypeAlias = TypeCode | TypeCodeEnum | int | type[Any] | GenericAlias | np.dtype[Any]
_Arrays: TypeAlias = Literal["list", "numpy"]

class TypeCodeEnum(IntEnum):
    """Types of fields (pvxs::TypeCode); the ending A means an array."""

    Bool = 0x00
    BoolA = 0x08
    Int8 = 0x20
    Int16 = 0x21
    Int32 = 0x22
    Int64 = 0x23
    UInt8 = 0x24
    UInt16 = 0x25
    UInt32 = 0x26
    UInt64 = 0x27
    Int8A = 0x28
    Int16A = 0x29
    Int32A = 0x2A
    Int64A = 0x2B
    UInt8A = 0x2C
    UInt16A = 0x2D
    UInt32A = 0x2E
    UInt64A = 0x2F
    Float32 = 0x42
    Float64 = 0x43
    Float32A = 0x4A
    Float64A = 0x4B
    String = 0x60
    StringA = 0x68
    Struct = 0x80
    Union = 0x81
    Any = 0x82
    StructA = 0x88
    UnionA = 0x89
    AnyA = 0x8A
    Null = 0xFF

class StoreTypeEnum(IntEnum):
    """How pvxs stores a field (pvxs::StoreType)."""

    Null = 0
    Bool = 1
    UInteger = 2
    Integer = 3
    Real = 4
    String = 5
    Compound = 6
    Array = 7

class TypeCode:
    """The type of a field; equals the TypeCodeEnum of the same type."""

    def __init__(self, code: _TypeCodeLike) -> None: ...
    @property
    def code(self) -> TypeCodeEnum:
        """The TypeCodeEnum."""

    def name(self) -> str:
        """Return the name that PVXS prints, such as 'int32_t[]'."""

    @property
    def is_array(self) -> bool:
        """True for an array type."""

    @property
    def scalar(self) -> TypeCode:
        """The type of one element of an array type."""

    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __index__(self) -> int: ...
    def __copy__(self) -> TypeCode: ...
    def __deepcopy__(self, memo: object) -> TypeCode: ...

class Member:
    """One field of a type definition (pvxs::Member); immutable."""

    def __init__(self, code: _TypeCodeLike, name: str, children: Iterable[Member] = (), id: str = "") -> None:  # noqa: A002
        """Define a field, with children where it is a structure or union, or an array of these.

        A set of children is ordered by name.
        """

    @property
    def code(self) -> TypeCode:
        """The TypeCode."""

    @property
    def name(self) -> str:
        """The field's name."""

    @property
    def id(self) -> str:
        """The type id of a structure or union, else ''."""

    @property
    def children(self) -> tuple[Member, ...]:
        """The Members of a structure or union, in order."""

    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> Member: ...
    def __deepcopy__(self, memo: object) -> Member: ...

class TypeDef:
    """The definition of a type (pvxs::TypeDef); immutable."""

    def __init__(self, code: _TypeCodeLike, members: Iterable[Member] = (), id: str = "") -> None:  # noqa: A002
        """Define a type of this code, with members where it is a structure or union."""

    @staticmethod
    def from_value(value: Value) -> TypeDef:
        """Return the definition of an existing value."""

    @staticmethod
    def from_py(spec: object) -> TypeDef:
        """Return the definition that ``to_py()`` wrote; a type may also be anything else that is a type code.

        Also taken are the names of TypeCodeEnum, such as 'Float64', and tuples in place of lists.

        Raises:
            ValueError: Something is malformed; the message says where, as in "type.alarm.severity: ...".
        """

    def to_py(self) -> str | list[Any]:
        """Return the definition as plain lists and strings, fit for JSON.

        A type is its name in PVXS, such as 'int32_t[]', or for a structure or union
        ``[kind, id, [[name, type], ...]]``, where kind is 'struct', 'union', 'struct[]' or 'union[]'.
        """

    def create(self) -> Value:
        """Make a value of this type: zeros, empty strings and arrays, nothing marked."""

    def member(self, name: str, code: _TypeCodeLike | None = None) -> Member:
        """Return a Member of this type; code may make it an array of structures or unions."""

    @property
    def code(self) -> TypeCode:
        """The TypeCode."""

    @property
    def id(self) -> str:
        """The type id, '' where there is none."""

    @property
    def members(self) -> tuple[Member, ...]:
        """The Members, in order."""

    def __add__(self, members: Iterable[Member]) -> TypeDef: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __copy__(self) -> TypeDef: ...
    def __deepcopy__(self, memo: object) -> TypeDef: ...

class Value:
    """A field, or a structure of fields (pvxs::Value)."""

    def __init__(self) -> None:
        """Make a Null value."""

    # fields
    @overload
    def __getitem__(self, key: str, /) -> Value: ...
    @overload
    def __getitem__(self, key: Any, /) -> Any: ...
    def __setitem__(self, key: str, value: object, /) -> None: ...
    def __getattr__(self, name: str) -> Value: ...
    def __setattr__(self, name: str, value: object, /) -> None: ...
    def __contains__(self, item: object) -> bool: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...
    def __dir__(self) -> list[str]: ...
    @overload
    def get(self, path: str, default: None = None) -> Value | None: ...
    @overload
    def get(self, path: str, default: _T) -> Value | _T: ...
    def keys(self) -> list[str]:
        """Return the names of the fields of a structure."""

    def values(self) -> list[Value]:
        """Return the fields of a structure."""

    def items(self) -> list[tuple[str, Value]]:
        """Return (name, field) pairs of a structure."""

    def assign(self, value: object) -> None:
        """Assign a Python object, to a structure a dict or a Value (then its marked leaves)."""

    # unions
    @property
    def selected(self) -> str | None:
        """The name of the selected member of a union; None if none is."""

    def select(self, member: str) -> Value:
        """Select that member of a union, which is empty unless it was selected before, and return it."""

    # readers; the default is for a missing path or Null
    @overload
    def as_bool(self, path: str | None = None, default: EllipsisType = ...) -> bool: ...
    @overload
    def as_bool(self, path: str | None = None, *, default: _T) -> bool | _T: ...
    @overload
    def as_bool(self, path: str | None, default: _T) -> bool | _T: ...
    @overload
    def as_int(self, path: str | None = None, default: EllipsisType = ...) -> int: ...
    @overload
    def as_int(self, path: str | None = None, *, default: _T) -> int | _T: ...
    @overload
    def as_int(self, path: str | None, default: _T) -> int | _T: ...
    @overload
    def as_float(self, path: str | None = None, default: EllipsisType = ...) -> float: ...
    @overload
    def as_float(self, path: str | None = None, *, default: _T) -> float | _T: ...
    @overload
    def as_float(self, path: str | None, default: _T) -> float | _T: ...
    @overload
    def as_string(self, path: str | None = None, default: EllipsisType = ...) -> str: ...
    @overload
    def as_string(self, path: str | None = None, *, default: _T) -> str | _T: ...
    @overload
    def as_string(self, path: str | None, default: _T) -> str | _T: ...
    @overload
    def as_list(self, path: str | None = None, default: EllipsisType = ...) -> list[Any]: ...
    @overload
    def as_list(self, path: str | None = None, *, default: _T) -> list[Any] | _T: ...
    @overload
    def as_list(self, path: str | None, default: _T) -> list[Any] | _T: ...
    @overload
    def as_int_list(self, path: str | None = None, default: EllipsisType = ...) -> list[int]: ...
    @overload
    def as_int_list(self, path: str | None = None, *, default: _T) -> list[int] | _T: ...
    @overload
    def as_int_list(self, path: str | None, default: _T) -> list[int] | _T: ...
    @overload
    def as_float_list(self, path: str | None = None, default: EllipsisType = ...) -> list[float]: ...
    @overload
    def as_float_list(self, path: str | None = None, *, default: _T) -> list[float] | _T: ...
    @overload
    def as_float_list(self, path: str | None, default: _T) -> list[float] | _T: ...
    @overload
    def as_string_list(self, path: str | None = None, default: EllipsisType = ...) -> list[str]: ...
    @overload
    def as_string_list(self, path: str | None = None, *, default: _T) -> list[str] | _T: ...
    @overload
    def as_string_list(self, path: str | None, default: _T) -> list[str] | _T: ...
    @overload
    def as_array(self, path: str | None = None, default: EllipsisType = ...) -> NDArray[Any]: ...
    @overload
    def as_array(self, path: str | None = None, *, default: _T) -> NDArray[Any] | _T: ...
    @overload
    def as_array(self, path: str | None, default: _T) -> NDArray[Any] | _T: ...
    def as_py(
        self,
        path: str | None = None,
        *,
        arrays: _Arrays = "list",
        only_marked: bool = False,
        default: object = ...,
    ) -> Any:
        """Return the Python value: int, float, bool, str, list or numpy.ndarray, dict, None."""

    @overload
    def as_dict(
        self,
        path: str | None = None,
        *,
        arrays: _Arrays = "list",
        only_marked: bool = False,
        default: EllipsisType = ...,
    ) -> dict[str, Any]: ...
    @overload
    def as_dict(
        self,
        path: str | None = None,
        *,
        arrays: _Arrays = "list",
        only_marked: bool = False,
        default: _T,
    ) -> dict[str, Any] | _T: ...

    # text
    def to_json(self, *, only_marked: bool = False, indent: int | str | None = None) -> str:
        """Return the value as JSON text (ASCII only).

        NaN is null, infinities are the strings "Infinity" and "-Infinity"; integers are exact. Bytes of
        strings that are not UTF-8 are written as the surrogates that Python has for them.

        Args:
            only_marked: Leave out the leaves of the structure that are not marked.
            indent: As for ``json.dumps()``.
        """

    def from_json(self, text: str | bytes | bytearray) -> None:
        """Assign what a JSON text holds: all of it or, on an error, nothing.

        The rules are those of ``assign()``, a JSON object being a dict. null is NaN in a float field and in
        the elements of a float array; it clears a union or Any.

        Raises:
            ValueError: The text is not JSON, and says where; or an object in it has a name twice.
            DataError: Something in it does not fit its field.
        """

    def __format__(self, format_spec: str) -> str: ...
    def _repr_html_(self) -> str:
        """Return the value as an HTML table, for notebooks."""

    def _ipython_key_completions_(self) -> list[str]:
        """Return what may be typed between the brackets."""

    # marks
    def changed(self) -> set[str]:
        """Return the dotted names of the marked leaves of a structure."""

    def mark(self, path: str | None = None) -> None:
        """Mark the field; of a structure, every leaf."""

    def unmark(self, path: str | None = None) -> None:
        """Remove the mark of the field; of a structure, those of every leaf."""

    def is_marked(self, path: str | None = None) -> bool:
        """Return whether the field, or anything in it, is marked."""

    # copies and types
    def clone(self) -> Value:
        """Return an independent copy, with the same marks."""

    def __copy__(self) -> Value: ...
    def __deepcopy__(self, memo: object) -> Value: ...
    def cloneEmpty(self) -> Value:
        """Return a new value of the same type: zeros, empty strings and arrays, nothing marked."""

    def type(self) -> TypeCode:
        """Return the TypeCode."""

    def storageType(self) -> StoreTypeEnum:
        """Return the StoreTypeEnum: how PVXS stores it."""

    def id(self) -> str:
        """Return the type id of a structure or union, else ''."""

    def typedef(self) -> TypeDef:
        """Return the definition of its type."""

    def equalInst(self, other: Value) -> bool:
        """Return whether both are the same field of the same value."""

    def equalType(self, other: Value) -> bool:
        """Return whether both have the same shape: fields, names, order and types, ids aside."""

    # a leaf as its Python value
    def __eq__(self, other: object) -> bool: ...
    def __ne__(self, other: object) -> bool: ...
    __hash__: None  # type: ignore[assignment]
    def __lt__(self, other: object) -> Any: ...
    def __le__(self, other: object) -> Any: ...
    def __gt__(self, other: object) -> Any: ...
    def __ge__(self, other: object) -> Any: ...
    def __bool__(self) -> bool: ...
    def __int__(self) -> int: ...
    def __float__(self) -> float: ...
    def __index__(self) -> int: ...
    def __round__(self, ndigits: int | None = None) -> Any: ...
    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]: ...

    __array_priority__: float

    def __neg__(self) -> Any: ...
    def __pos__(self) -> Any: ...
    def __abs__(self) -> Any: ...
    def __invert__(self) -> Any: ...
    def __add__(self, other: object) -> Any: ...
    def __radd__(self, other: object) -> Any: ...
    def __sub__(self, other: object) -> Any: ...
    def __rsub__(self, other: object) -> Any: ...
    def __mul__(self, other: object) -> Any: ...
    def __rmul__(self, other: object) -> Any: ...
    def __matmul__(self, other: object) -> Any: ...
    def __rmatmul__(self, other: object) -> Any: ...
    def __truediv__(self, other: object) -> Any: ...
    def __rtruediv__(self, other: object) -> Any: ...
    def __floordiv__(self, other: object) -> Any: ...
    def __rfloordiv__(self, other: object) -> Any: ...
    def __mod__(self, other: object) -> Any: ...
    def __rmod__(self, other: object) -> Any: ...
    def __divmod__(self, other: object) -> Any: ...
    def __rdivmod__(self, other: object) -> Any: ...
    def __pow__(self, other: object) -> Any: ...
    def __rpow__(self, other: object) -> Any: ...
    def __lshift__(self, other: object) -> Any: ...
    def __rlshift__(self, other: object) -> Any: ...
    def __rshift__(self, other: object) -> Any: ...
    def __rrshift__(self, other: object) -> Any: ...
    def __and__(self, other: object) -> Any: ...
    def __rand__(self, other: object) -> Any: ...
    def __or__(self, other: object) -> Any: ...
    def __ror__(self, other: object) -> Any: ...
    def __xor__(self, other: object) -> Any: ...
    def __rxor__(self, other: object) -> Any: ...

def _state_of(value: Value) -> tuple[Any, Any, tuple[str, ...]]:
    """Return (type, content, marked names) of a Value, as plain objects."""

def _check_depth(value: Value, subject: str) -> None:
    """Raise NoConvert for a value that is nested deeper than PVXS decodes."""

def _restore_value(type: object, content: object, marked: object) -> Value:  # noqa: A002
    """Return the Value that _state_of() took apart."""

def _rows_of(
    value: Value, most_elements: int, most_rows: int
) -> list[tuple[int, str, str, str | None, bool]]:
    """Return (depth, name, type, text, marked) of the value, its fields and elements, in order."""
