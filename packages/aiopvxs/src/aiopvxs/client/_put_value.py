"""From what a user gives to put() to the value that is sent."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from aiopvxs_core.data import Value
from aiopvxs_core.errors import DataError, FieldLookupError
from aiopvxs_core.sendable import check_depth

from .._fill import fill, is_structure
from ._request import switch
from ._written import Written

if TYPE_CHECKING:
    from typing import TypeGuard

__all__ = ["PutValue"]


class _ChoicesUnknown(Exception):
    """A choice of an enum was given, and the PV's choices are not known."""


class PutValue:
    """Makes the value to send: the leaves that are marked in it are what the server gets.

    Args:
        name: of the PV, for messages.
        given: what the user gave: a plain value, a dict, a Value or a builder.
        fetch: whether the present value may be fetched; None: where it is needed.
        only: of a Value, the fields to send.

    Raises:
        ValueError: ``only`` is given for what is no Value, or it or ``fetch`` is of a wrong kind.
    """

    __slots__ = ("_fetch", "_given", "_name", "_only")

    def __init__(
        self, name: str, given: object, fetch: bool | None, only: str | Iterable[str] | None
    ) -> None:
        self._name = name
        self._given = given
        self._fetch = None if fetch is None else switch("fetch", fetch, "True, False or None")
        self._only: list[str] | None = None
        if only is not None:
            if not is_structure(given) and not _is_builder(given):
                raise ValueError(
                    f"only= selects from the marked fields of a Value, and this is a {type(given).__name__}: "
                    "give a dict of the fields to put"
                )
            self._only = _named(only)

    @property
    def is_builder(self) -> bool:
        """Whether the user's code is called for the value."""
        return _is_builder(self._given)

    def needs_present(self) -> bool:
        """Tell whether the present value has to be fetched whatever the PV's type is."""
        if self._fetch is None:
            return _is_builder(self._given)
        return self._fetch

    def __call__(self, prototype: Value, present: bool) -> Value | None:
        """Make the value.

        Args:
            prototype: an empty Value of the PV's type, or its present value.
            present: it is the present value.

        Returns:
            The value; None where it can only be made from the present one, which has to be fetched first.

        Raises:
            NoConvert, FieldLookupError: what was given does not fit the PV's type.
            ValueError: a string that is none of the PV's enum choices.
        """
        try:
            return self._made(prototype, present)
        except DataError as exc:
            if repr(self._name) in str(exc):
                raise
            raise type(exc)(f"PV {self._name!r}: {exc}") from exc.__cause__

    def _made(self, prototype: Value, present: bool) -> Value | None:
        def choices() -> list[str]:
            if not present:
                raise _ChoicesUnknown
            return prototype.as_string_list("value.choices")

        subject = f"PV {self._name!r}"
        empty = prototype.cloneEmpty() if present else prototype
        given = self._given
        if isinstance(given, Written):
            return self._written(given, subject, empty, prototype if present else None)
        if _is_builder(given):
            if not present and self._fetch is None:
                return None
            given = _call_builder(self._name, given, prototype if present else prototype.cloneEmpty())
        if isinstance(given, Value) and is_structure(given):
            empty.assign(given if self._only is None else _selected(subject, given, self._only))
        elif self._only is not None:
            raise ValueError(f"{subject}: only= selects from a Value, and the builder returned {given!r}")
        else:
            try:
                fill(subject, empty, given, choices)
            except _ChoicesUnknown:
                if self._fetch is None:
                    return None
                raise ValueError(
                    f"{subject} is an enum: with fetch=False its choices are not known, so give an index"
                ) from None
        check_depth(empty, subject)
        return empty

    def _written(self, given: Written, subject: str, empty: Value, present: Value | None) -> Value | None:
        try:
            filled = given.fill(empty, present)
        except DataError:
            raise
        except (TypeError, ValueError) as exc:
            text = f"{subject}: {exc}"
            raise (TypeError(text) if isinstance(exc, TypeError) else ValueError(text)) from exc
        if filled:
            check_depth(empty, subject)
        return empty if filled else None


def _is_builder(given: object) -> TypeGuard[Callable[[Value], object]]:
    return callable(given) and not isinstance(given, Value)


def _call_builder(name: str, builder: Callable[[Value], object], present: Value) -> object:
    present.unmark()
    built = builder(present)
    if built is None:
        raise TypeError(f"put {name!r}: the builder returned None, not the value to put")
    if inspect.iscoroutine(built):
        built.close()
        raise TypeError(f"put {name!r}: the builder is a coroutine function, and has to be a plain one")
    return built


def _named(only: object) -> list[str]:
    named = only.split(",") if isinstance(only, str) else [*only] if isinstance(only, Iterable) else []
    if not named or not all(isinstance(field, str) for field in named):
        raise ValueError(f"only is {only!r}: give names of fields, separated by commas or as an iterable")
    return [field.strip() for field in named]


def _selected(subject: str, value: Value, only: list[str]) -> Value:
    """Return a copy in which of the marked leaves those in ``only`` are marked."""
    marked = value.changed()
    kept: set[str] = set()
    for field in only:
        if value.get(field) is None:
            raise FieldLookupError(f"{subject}: only= names {field!r}, which the Value does not have")
        kept.update(leaf for leaf in marked if leaf == field or leaf.startswith((f"{field}.", f"{field}-")))
    if not kept:
        raise ValueError(f"{subject}: of {', '.join(only)} nothing is marked in the Value, so nothing is put")
    copy = value.clone()
    copy.unmark()
    for leaf in kept:
        copy.mark(leaf)
    return copy
