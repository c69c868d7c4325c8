"""An index into a list of choices: enum_t."""

from aiopvxs_core.data import Member, TypeCodeEnum

__all__ = ["enum"]


def enum(name: str = "value") -> Member:
    """Define an enum_t: index and choices."""
    return Member(
        TypeCodeEnum.Struct,
        name,
        [
            Member(TypeCodeEnum.Int32, "index"),
            Member(TypeCodeEnum.StringA, "choices"),
        ],
        id="enum_t",
    )
