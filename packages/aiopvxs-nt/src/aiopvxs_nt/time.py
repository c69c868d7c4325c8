"""The time of a value: time_t."""

from aiopvxs_core.data import Member, TypeCodeEnum

__all__ = ["time"]


def time(name: str = "timeStamp") -> Member:
    """Define a time_t: seconds since 1970 (POSIX), nanoseconds and a tag for the user."""
    return Member(
        TypeCodeEnum.Struct,
        name,
        [
            Member(TypeCodeEnum.Int64, "secondsPastEpoch"),
            Member(TypeCodeEnum.Int32, "nanoseconds"),
            Member(TypeCodeEnum.Int32, "userTag"),
        ],
        id="time_t",
    )
