"""What pickles of types and values hold.

Pickles name the functions ``restore_*`` of this module; these, and what they are given, are the format. It
depends on neither the pvxs line nor the machine. Whoever changes it raises FORMAT and goes on reading the
formats before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._core import VERSION
from ._core.data import Member, TypeCode, TypeDef, Value, _restore_value, _state_of

if TYPE_CHECKING:
    from collections.abc import Callable

FORMAT = 1


def _check(version: object) -> None:
    if version == FORMAT and type(version) is int:
        return
    if isinstance(version, int) and version > FORMAT:
        raise ValueError(
            f"a newer aiopvxs-core wrote this pickle, in its format {version}; the installed one, {VERSION}, "
            f"reads format {FORMAT}: upgrade aiopvxs-core"
        )
    raise ValueError(f"no aiopvxs-core has written pickles in the format {version!r}")


def reduce_value(value: Value) -> tuple[Callable[..., Value], tuple[Any, ...]]:
    """Return what Value.__reduce__ does."""
    return restore_value, (FORMAT, *_state_of(value))


def restore_value(version: int, spec: object, content: object, marked: tuple[str, ...]) -> Value:
    """Make the Value of a pickle.

    Args:
        version: The FORMAT.
        spec: The type, as ``TypeDef.to_py()`` gives it; None for a Null value.
        content: Nested plain objects (cpp/data/state.h).
        marked: The dotted names of the marked leaves.

    Raises:
        ValueError: Any of these is malformed.
    """
    _check(version)
    return _restore_value(spec, content, marked)


def reduce_type_def(definition: TypeDef) -> tuple[Callable[..., TypeDef], tuple[Any, ...]]:
    """Return what TypeDef.__reduce__ does."""
    return restore_type_def, (FORMAT, definition.to_py())


def restore_type_def(version: int, spec: object) -> TypeDef:
    """Make the TypeDef of a pickle."""
    _check(version)
    return TypeDef.from_py(spec)


def reduce_member(member: Member) -> tuple[Callable[..., Member], tuple[Any, ...]]:
    """Return what Member.__reduce__ does."""
    spec = TypeDef(member.code, member.children, member.id).to_py()
    return restore_member, (FORMAT, member.name, spec)


def restore_member(version: int, name: str, spec: object) -> Member:
    """Make the Member of a pickle."""
    _check(version)
    if not isinstance(name, str):
        raise ValueError(f"the name of a member is a str, not {name!r}")
    return TypeDef.from_py(spec).member(name)


def reduce_type_code(code: TypeCode) -> tuple[Callable[..., TypeCode], tuple[Any, ...]]:
    """Return what TypeCode.__reduce__ does."""
    return restore_type_code, (FORMAT, int(code.code))


def restore_type_code(version: int, number: int) -> TypeCode:
    """Make the TypeCode of a pickle, from its number in the PVA protocol."""
    _check(version)
    if type(number) is not int:
        raise ValueError(f"a type code is a number, not {number!r}")
    return TypeCode(number)
