"""The alarm of a value: alarm_t."""

from aiopvxs_core.data import Member, TypeCodeEnum

__all__ = ["alarm"]


def alarm(name: str = "alarm") -> Member:
    """Define an alarm_t: severity (0 to 3, 4 undefined), status and message."""
    return Member(
        TypeCodeEnum.Struct,
        name,
        [
            Member(TypeCodeEnum.Int32, "severity"),
            Member(TypeCodeEnum.Int32, "status"),
            Member(TypeCodeEnum.String, "message"),
        ],
        id="alarm_t",
    )
