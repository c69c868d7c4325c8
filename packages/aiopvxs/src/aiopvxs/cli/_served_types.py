"""The types of PVs that ``aiopvxs serve`` is told by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from aiopvxs_core.data import DataError, TypeCode, TypeCodeEnum

from ..server import SharedPV

if TYPE_CHECKING:
    from aiopvxs_nt._builder import Builder

__all__ = ["make_pv"]

# those of p4p's mailbox server, and Python's
_SHORT = {
    "int": "Int32",
    "uint": "UInt32",
    "real": "Float64",
    "float": "Float64",
    "str": "String",
    "bool": "Bool",
    "aint": "Int32A",
    "auint": "UInt32A",
    "areal": "Float64A",
    "astr": "StringA",
}


def make_pv(name: str, kind: str, options: Mapping[str, Any] | None = None, initial: Any = None) -> SharedPV:
    """Make a mailbox PV.

    Args:
        name: of the PV, for errors.
        kind: "int", "Float64A" and so on of a scalar or an array; "enum"; or a normative type, "NTTable".
        options: of the normative type, as its class takes them.
        initial: its value.

    Raises:
        ValueError: something does not fit; the text names the PV.
    """
    try:
        nt = _normative_type(kind, dict(options or {}))
        # create() also gives a new value what the options say: units, limits, choices
        return SharedPV(initial=nt.create(initial))
    except (DataError, LookupError, TypeError, ValueError) as exc:
        raise ValueError(f"PV {name!r}: {exc}") from None


def _normative_type(kind: str, options: dict[str, Any]) -> Builder:
    import aiopvxs_nt as nt

    if kind == "enum":
        return nt.NTEnum(**options)
    if kind.startswith("NT") and kind in nt.__all__:
        for option in ("type", "columns", "query"):
            if option in options:
                options[option] = _typed(options[option])
        made: Builder = getattr(nt, kind)(**options)
        return made
    return nt.NTScalar(_code(kind), **options)


def _typed(option: Any) -> Any:
    if isinstance(option, dict):
        return {name: _code(str(each)) for name, each in option.items()}
    return _code(str(option))


def _code(kind: str) -> TypeCode:
    name = _SHORT.get(kind, kind)
    if name not in TypeCodeEnum.__members__:
        raise ValueError(
            f"{kind!r} is no type: {', '.join(_SHORT)} are, enum, names of TypeCodeEnum such as UInt16A, and "
            "the normative types such as NTTable"
        )
    return TypeCode(TypeCodeEnum[name])
