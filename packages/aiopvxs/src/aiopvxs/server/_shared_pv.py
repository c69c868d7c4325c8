"""A PV that stores a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiopvxs_core.data import TypeDef, Value
from aiopvxs_core.errors import FieldLookupError, NoConvert

from .._fill import fill, is_structure
from ._lane import Serial
from ._served import OnLeave, Served, TypeBuilder, type_of

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["SharedPV"]

_NUMBERS = (float, int, bool)


class SharedPV(Served):
    """A PV that stores a value: what is put or posted goes to all who subscribed (a "mailbox").

    Until it is opened clients that ask for it wait. It may be served under several names and by several
    servers, and be opened, posted to and closed by any thread; none of these ever waits for the network.

    A function decorated with ``on_put``, ``on_get`` or ``on_rpc``, or a method ``put``, ``get`` or ``rpc`` of
    a subclass, runs instead; see :doc:`/how-to/handlers`.

    Args:
        nt: the PV's type, a builder such as ``NTScalar(float)`` or a TypeDef. Not needed where it is
            opened with a Value.
        initial: opens the PV with this value, see :meth:`open`.
        serial: in which order handlers of puts run. True: one after another; False: each at once;
            ``"reject"``: a put is refused while another runs; ``"replace"``: the running one is cancelled,
            and its client told, then the new one starts.
        max_waiting: how many puts may wait with ``serial=True``; the next one is refused.
        handler_timeout: seconds after which a get, put or RPC that no handler has answered is refused, the
            time that it waited for others included, and its handler cancelled; None: never. The client is
            told even while Python is busy.
        on_leave: what becomes of a handler whose client cancels or goes: ``"finish"`` or ``"cancel"``; None:
            a put is finished, a get or RPC cancelled.

    Raises:
        TypeError: ``nt`` is not the type of a structure.
        ValueError: an option is none of these.
    """

    def __init__(
        self,
        nt: TypeBuilder | TypeDef | None = None,
        initial: object = None,
        *,
        serial: Serial = True,
        max_waiting: int = 64,
        handler_timeout: float | None = None,
        on_leave: OnLeave | None = None,
    ) -> None:
        self._set_up_handlers(
            writable=True,
            serial=serial,
            max_waiting=max_waiting,
            handler_timeout=handler_timeout,
            on_leave=on_leave,
        )
        self._set_up(nt, initial)

    @classmethod
    def readonly(
        cls,
        nt: TypeBuilder | TypeDef | None = None,
        initial: object = None,
        *,
        handler_timeout: float | None = None,
        on_leave: OnLeave | None = None,
    ) -> Self:
        """Make a PV that clients cannot write; the arguments are those of the class."""
        self = cls.__new__(cls)
        self._set_up_handlers(
            writable=False, serial=True, max_waiting=64, handler_timeout=handler_timeout, on_leave=on_leave
        )
        self._set_up(nt, initial)
        return self

    def _set_up(self, nt: TypeBuilder | TypeDef | None, initial: object) -> None:
        self._type = None if nt is None else type_of(nt)
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
            self._core.post_own(self._filled(value))

    def _filled(self, given: object) -> Value:
        value = self._core.cloneEmpty()
        if (
            type(given) in _NUMBERS
        ):  # what is posted most; where that does not fit, fill() says why or knows how
            try:
                value["value"] = given
            except (NoConvert, FieldLookupError):
                pass
            else:
                return value
        return fill(self._core.label, value, given, self._choices)

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
