"""A PV that stores a value."""

from __future__ import annotations

from typing import Protocol

from aiopvxs_core import server as core
from aiopvxs_core.data import TypeCodeEnum, TypeDef, Value

from .._fill import fill, is_structure

__all__ = ["SharedPV", "TypeBuilder"]


class TypeBuilder(Protocol):
    """What knows a type: ``NTScalar(…)`` and its like."""

    def build(self) -> TypeDef:
        """Return the type."""


class SharedPV:
    """A PV that stores a value: what is put or posted goes to all who subscribed (a "mailbox").

    Until it is opened clients that ask for it wait. It may be served under several names and by several
    servers, and be opened, posted to and closed by any thread; none of these ever waits for the network.

    Args:
        nt: the PV's type, a builder such as ``NTScalar(float)`` or a TypeDef. Not needed where it is
            opened with a Value.
        initial: opens the PV with this value, see :meth:`open`.

    Raises:
        TypeError: ``nt`` is not the type of a structure.
    """

    def __init__(self, nt: TypeBuilder | TypeDef | None = None, initial: object = None) -> None:
        self._set_up(nt, initial, writable=True)

    @classmethod
    def readonly(cls, nt: TypeBuilder | TypeDef | None = None, initial: object = None) -> SharedPV:
        """Make a PV that clients cannot write; the arguments are those of the class."""
        self = cls.__new__(cls)
        self._set_up(nt, initial, writable=False)
        return self

    def _set_up(self, nt: TypeBuilder | TypeDef | None, initial: object, *, writable: bool) -> None:
        self._core = core.SharedPV(writable)
        self._writable = writable
        self._type = None if nt is None else _type_of(nt)
        if initial is not None:
            self.open(initial)

    def open(self, initial: object = None) -> None:
        """Serve a value; clients that wait for the PV get it.

        The time stamp, where the type has one, is set to now unless ``initial`` gives it.

        Args:
            initial: a Value, whose type the PV then has; or, where the PV was made with a type, a plain
                value for the field ``value`` (for an enum: an index or a choice), or a dict of fields.
                Without it all fields have their defaults.

        Raises:
            RuntimeError: the PV is open.
            TypeError: the PV has no type, or the Value is not a structure.
            NoConvert, FieldLookupError: the value does not fit the type.
        """
        if is_structure(initial):
            value = initial
        elif self._type is None:
            raise TypeError(
                f"{self._core.label} was made without a type: open it with a Value, not with "
                f"{type(initial).__name__}"
            )
        else:
            value = self._type.create()
            if initial is not None:
                fill(self._core.label, value, initial, list)
        assert isinstance(value, Value)
        self._core.open(value)

    def post(self, value: object) -> None:
        """Change the value and send what changed to all who subscribed.

        The time stamp is set to now unless given. A value with nothing marked changes nothing.

        Args:
            value: a plain value for the field ``value`` (for an enum: an index or a choice); a dict of
                fields; or a Value of the PV's structure, of which the marked fields count.

        Raises:
            Closed: the PV is not open.
            TypeError: a Value of another structure.
            NoConvert, FieldLookupError: the value does not fit the PV.
            ValueError: a string that is none of an enum's choices.
        """
        if is_structure(value):
            assert isinstance(value, Value)
            self._core.post(value)
        else:
            self._core.post(fill(self._core.label, self._core.cloneEmpty(), value, self._choices))

    def _choices(self) -> list[str]:
        return self.current.as_string_list("value.choices")

    def close(self) -> None:
        """Disconnect the clients, in the background; they come back and wait for the next :meth:`open`.

        A PV that is not open stays as it is.
        """
        self._core.close()

    @property
    def current(self) -> Value:
        """A copy of the present value, in which the fields ever assigned are marked.

        Raises:
            Closed: the PV is not open.
        """
        return self._core.fetch()

    @property
    def is_open(self) -> bool:
        """True between :meth:`open` and :meth:`close`."""
        return self._core.is_open

    def __repr__(self) -> str:
        kind = "mailbox" if self._writable else "read-only"
        state = "open" if self.is_open else "closed"
        return f"<aiopvxs.server.SharedPV {self._core.label}, {kind}, {state}>"


def _type_of(nt: TypeBuilder | TypeDef) -> TypeDef:
    built: object = nt
    if not isinstance(nt, (TypeDef, type)) and callable(getattr(nt, "build", None)):
        built = nt.build()
    if not isinstance(built, TypeDef):
        raise TypeError(f"A PV's type is a TypeDef, or has build() to make one; {nt!r} is neither")
    if built.create().type() != TypeCodeEnum.Struct:
        raise TypeError(f"A PV holds a structure, which {nt!r} is not")
    return built
