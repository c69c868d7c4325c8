"""From what the server's code gives to open(), post() or a get to the fields of a PV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from aiopvxs_core.data import TypeCodeEnum, TypeDef, Value
from aiopvxs_core.errors import DataError, FieldLookupError, NoConvert

from .._fill import fill, is_enum, is_structure

if TYPE_CHECKING:
    from aiopvxs_core import server as core
    from aiopvxs_nt import Alarm

__all__ = [
    "NOTHING",
    "Assign",
    "Nothing",
    "assigned",
    "assigner_of",
    "changes",
    "maker_of",
    "opened",
    "structure_of",
    "update",
]

_T = TypeCodeEnum
# what goes into any field of numbers or texts as it is
_PLAIN = frozenset((bool, int, float, str))
_PARTS = frozenset((_T.Struct, _T.StructA, _T.Union, _T.UnionA, _T.Any, _T.AnyA))
_CHARACTERS = frozenset((_T.Int8A, _T.UInt8A))
#: writes an object to a value, as ``aiopvxs.nt.assign`` does
Assign = Callable[[Value, object], None]


class Nothing:
    """That no value was given, for None is one."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "nothing"


NOTHING = Nothing()


def structure_of(given: object) -> Value | None:
    """Return the structure that was given as it is: a Value, or that of a reading; None for all else."""
    if is_structure(given):
        assert isinstance(given, Value)
        return given
    if type(given) in _PLAIN or isinstance(given, (Mapping, Value)):
        return None
    from aiopvxs_nt import Reading

    return given.raw if isinstance(given, Reading) else None


def opened(
    label: str, make: Callable[[], Value] | None, given: object, assign: Assign | None = None
) -> Value:
    """Return the value that a PV is opened with.

    Args:
        label: the PV in messages.
        make: makes a new value of the PV's type; None where it has none.
        given: a structure or, where ``make`` is not needed for its type, a model; else what
            ``aiopvxs.nt.assign`` takes. None: nothing more than ``make`` assigns.
        assign: of the PV's type, which may compress.

    Raises:
        TypeError: there is no type.
        NoConvert, FieldLookupError: it does not fit.
    """
    if (structure := structure_of(given)) is not None:
        return structure
    value = None if make is None else make()
    if value is not None and _goes_in(value.get("value"), given):
        with _Naming(label):
            value["value"] = given
        return value
    from aiopvxs_nt.model import dump, is_model

    if is_model(given):
        with _Naming(label):
            own = dump(given)
        if value is None or value.equalType(own):
            return own
    if value is None:
        raise TypeError(
            f"{label} was made without a type: open it with a Value, not with {type(given).__name__}"
        )
    return value if given is None else assigned(label, value, given, assign)


def update(
    pv: core.SharedPV,
    given: object,
    alarm: Alarm | Mapping[str, object] | None = None,
    timestamp: object = None,
    assign: Assign | None = None,
) -> Value:
    """Return what a post changes: that is marked.

    Raises:
        Closed: the PV is not open.
        TypeError: a Value of another structure.
        NoConvert, FieldLookupError: it does not fit the PV.
    """
    if (structure := structure_of(given)) is not None:
        if alarm is None and timestamp is None:
            return structure
        if not pv.cloneEmpty().equalType(structure):
            return structure  # which the PV refuses, and says why
        value = structure.clone()
    elif isinstance(given, Nothing):
        if alarm is None and timestamp is None:
            raise TypeError(f"{pv.label}: post() takes a value, an alarm or a time stamp, and got none")
        value = pv.cloneEmpty()
    else:
        value = changes(pv, given, assign)
    if alarm is not None:
        _set_alarm(pv.label, value, alarm)
    if timestamp is not None:
        _set_time(pv.label, value, timestamp)
    return value


def assigned(label: str, value: Value, given: object, assign: Assign | None = None) -> Value:
    """Assign to a value, which is returned; an error names the PV.

    Raises:
        NoConvert, FieldLookupError: it does not fit.
    """
    if assign is None:
        from aiopvxs_nt import assign as by_shape

        assign = by_shape

    with _Naming(label):
        assign(value, given)
    return value


class _Naming:
    """Lets errors name the PV. A generator would cost more than what it guards."""

    __slots__ = ("_label",)

    def __init__(self, label: str) -> None:
        self._label = label

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, exc: BaseException | None, trace: object) -> None:
        if isinstance(exc, DataError):
            raise type(exc)(f"{self._label}: {exc}") from exc.__cause__
        if isinstance(exc, (TypeError, ValueError)):
            raise NoConvert(f"{self._label}: {exc}") from exc


def changes(pv: core.SharedPV, given: object, assign: Assign | None = None) -> Value:
    """Return what ``given``, which is no structure, changes in a PV: that is marked.

    Raises:
        Closed: the PV is not open.
        NoConvert, FieldLookupError: it does not fit the PV.
    """
    empty = pv.cloneEmpty()
    field = empty.get("value")
    if _goes_in(field, given):
        with _Naming(pv.label):
            empty["value"] = given
        return empty
    if type(given) in _PLAIN and is_enum(field):
        choices = pv.fetch().as_string_list("value.choices")
        return _in_range(pv.label, fill(pv.label, empty, given, lambda: choices), choices)
    if not _needs_present(empty, given):
        return assigned(pv.label, empty, given, assign)
    present = pv.fetch()
    present.unmark()
    return assigned(pv.label, present, given, assign)


def _goes_in(field: Value | None, given: object) -> bool:
    """Tell whether this goes into the field "value" as it is."""
    if type(given) not in _PLAIN or field is None:
        return False
    code = field.type()
    return code not in _PARTS and not (code in _CHARACTERS and isinstance(given, str))


def _in_range(label: str, value: Value, choices: list[str]) -> Value:
    index = value.as_int("value.index")
    if choices and not 0 <= index < len(choices):
        raise NoConvert(f"{label}: the index {index} has no choice; there are {choices}")
    return value


def _needs_present(empty: Value, given: object) -> bool:
    """Tell whether what is there counts: choices, the attributes of an image, the labels of a table."""
    if isinstance(given, Mapping):
        return any(isinstance(name, str) and is_enum(empty.get(name)) for name in given)
    from aiopvxs_nt.model import is_model

    field = empty.get("value")
    return is_model(given) or (field is not None and field.type() in _PARTS)


def _set_alarm(label: str, value: Value, alarm: Alarm | Mapping[str, object]) -> None:
    from aiopvxs_nt import Alarm

    if value.get("alarm") is None:
        raise FieldLookupError(f"{label} has no field 'alarm'")
    if isinstance(alarm, Mapping):
        assigned(label, value, {"alarm": alarm})
    elif isinstance(alarm, Alarm):
        assigned(label, value, alarm)
    else:
        raise NoConvert(
            f'{label}: an alarm is an Alarm, such as Alarm(MAJOR, "stuck"), or a dict of its fields, '
            f"not a {type(alarm).__name__}"
        )


def _set_time(label: str, value: Value, moment: object) -> None:
    from aiopvxs_nt import Timestamp

    if value.get("timeStamp") is None:
        raise FieldLookupError(f"{label} has no field 'timeStamp'")
    with _Naming(label):
        stamp = moment if isinstance(moment, Timestamp) else Timestamp(moment)
    assigned(label, value, {"timeStamp": stamp})


def maker_of(nt: object, built: TypeDef) -> Callable[[], Value]:
    """Return what makes new values of a type: those of a normative type have choices, limits and so on."""
    create = getattr(nt, "create", None)
    return create if callable(create) else built.create


def assigner_of(nt: object) -> Assign | None:
    """Return what writes to values of a type: an image's may compress; None for the usual."""
    assign = getattr(nt, "assign", None)
    return assign if callable(assign) else None
