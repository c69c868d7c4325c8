"""What of a PV is a setting, to be kept and written again: all but its alarm, time and the like."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aiopvxs_core.data import Member, TypeCodeEnum, TypeDef, Value

__all__ = ["chosen_types", "restored", "unfit_fields"]

_T = TypeCodeEnum
_ABOUT = {"alarm", "timeStamp", "dataTimeStamp", "display", "control", "valueAlarm", "record"}  # structures
_ABOUT_TOP = {"descriptor", "uniqueId", "attribute", "labels"}


def _leaves(members: Iterable[Member], prefix: str = "") -> Iterator[tuple[str, Member]]:
    """Yield the path and the member of each setting."""
    for member in members:
        path = prefix + member.name
        if member.code == _T.Struct:
            if member.name not in _ABOUT:
                yield from _leaves(member.children, f"{path}.")
        elif prefix or member.name not in _ABOUT_TOP:
            yield path, member


def _enums(members: Iterable[Member], prefix: str = "") -> Iterator[str]:
    """Yield the path of each enum_t among the settings."""
    for member in members:
        if member.code != _T.Struct or member.name in _ABOUT:
            continue
        path = prefix + member.name
        if {"index", "choices"} <= {child.name for child in member.children}:
            yield path
        else:
            yield from _enums(member.children, f"{path}.")


def _open(code: object, members: Iterable[Member]) -> bool:
    """Tell whether JSON of a value leaves open of which type it was."""
    if code in (_T.Union, _T.UnionA, _T.Any, _T.AnyA):
        return True
    return any(_open(member.code, member.children) for member in members)


def unfit_fields(value: Value) -> list[str]:
    """Return the settings of which a file in JSON cannot hold all."""
    unfit: list[str] = []
    for path, member in _leaves(value.typedef().members):
        if member.code in (_T.Union, _T.Any):
            inside = value.get(f"{path}->")
            held = None if inside is None else inside.typedef()
            if held is not None and _open(held.code, held.members):
                unfit.append(path)
        elif _open(member.code, member.children):
            unfit.append(path)
    return unfit


def chosen_types(value: Value) -> dict[str, Any]:
    """Return what JSON does not tell: the member that each union holds, the type in each Any."""
    chosen: dict[str, Any] = {}
    for path, member in _leaves(value.typedef().members):
        if member.code == _T.Union:
            union: Value = value[path]
            chosen[path] = union.selected
        elif member.code == _T.Any:
            inside = value.get(f"{path}->")
            chosen[path] = None if inside is None else inside.typedef().to_py()
    return chosen


def restored(present: Value, saved: Mapping[str, Any], chosen: Mapping[str, Any]) -> Value:
    """Return a value of the present type of a PV in which the settings of a saved one are marked.

    Args:
        present: what the PV holds now.
        saved: what ``to_json()`` gave, read.
        chosen: what ``chosen_types()`` gave.

    Raises:
        ValueError: the saved value does not fit the type that the PV has now; the text names the field.
        DataError: likewise.
    """
    definition = present.typedef()
    made = present.cloneEmpty()
    enums = list(_enums(definition.members))
    for path, member in _leaves(definition.members):
        content = _at(saved, path)
        if member.code == _T.Union:
            _restore_union(made, path, content, chosen.get(path))
        elif member.code == _T.Any:
            made[path] = _any_of(path, content, chosen.get(path))
        elif _open(member.code, member.children):
            raise ValueError(f"its field {path!r} is a {member.code.name()}, of which a file cannot hold all")
        elif path.rpartition(".")[0] not in enums:
            made.from_json(json.dumps(_nested(path, content)))
    for path in enums:
        made[f"{path}.index"] = _index(present, path, _at(saved, path))
    if not made.changed():
        raise ValueError("it has no field that could be restored")
    return made


def _at(saved: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(saved, dict) or name not in saved:
            raise ValueError(f"its field {path!r} is not in the file: its type has changed")
        saved = saved[name]
    return saved


def _nested(path: str, content: Any) -> dict[str, Any]:
    for name in reversed(path.split(".")):
        content = {name: content}
    nested: dict[str, Any] = content
    return nested


def _restore_union(made: Value, path: str, content: Any, member: object) -> None:
    if member is None:
        made[path] = None
        return
    if not isinstance(member, str):
        raise ValueError(f"the file names no member of its union {path!r}")
    made[path].select(member).from_json(json.dumps(content))


def _any_of(path: str, content: Any, spec: object) -> Value | None:
    if spec is None:
        return None
    try:
        held = TypeDef.from_py(spec).create()
    except (TypeError, ValueError) as exc:
        raise ValueError(f"what the file says of the type in its field {path!r} is none: {exc}") from None
    held.from_json(json.dumps(content))
    return held


def _index(present: Value, path: str, saved: Any) -> int:
    """Return the present index of a saved choice: the choices may have been put in another order."""
    try:
        index, before = saved["index"], saved["choices"]
        text = before[index] if 0 <= index < len(before) else None
    except (KeyError, TypeError):
        raise ValueError(f"what the file has for {path!r} is no enum: its type has changed") from None
    now = present.as_string_list(f"{path}.choices")
    if text is None or before == now:
        if before != now:
            raise ValueError(f"{path!r} was {index}, without a choice, and its choices have changed")
        return int(index)
    if now.count(text) != 1:
        raise ValueError(f"{path!r} was {text!r}, which is not one of its choices now: {', '.join(now)}")
    return now.index(text)
