"""A PV that stores a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from aiopvxs_core.data import TypeDef, Value

from ._assigned import NOTHING, assigner_of, maker_of, opened, structure_of, update
from ._lane import Serial
from ._operation import Operation
from ._ruled import Ruled, ruled
from ._served import OnLeave, Served, TypeBuilder, type_of

if TYPE_CHECKING:
    from typing_extensions import Self

    from aiopvxs_nt import Alarm, Rules

__all__ = ["SharedPV"]


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
        rules: apply the rules of normative types, as :class:`aiopvxs.nt.Rules` says, when the PV is opened,
            posted and put: the limits of ``valueAlarm`` make the alarm, with hysteresis; a put outside
            ``control``, or by less than its ``minStep``, is refused with the value and the limits, or changed
            by ``Rules(control="clamp")``. A post is never refused. Nobody else writes between.
        serial: in which order handlers of puts run. True: one after another; False: each at once;
            ``"reject"``: a put is refused while another runs; ``"replace"``: the running one is cancelled,
            and its client told, then the new one starts.
        max_waiting: how many puts may wait with ``serial=True``; the next one is refused.
        handler_timeout: seconds after which a get, put or RPC that no handler has answered is refused, the
            time that it waited for others included, and its handler cancelled; None: never. The client is
            told even while Python is busy.
        on_leave: what becomes of a handler whose client cancels or goes: ``"finish"`` or ``"cancel"``; None:
            a put is finished, a get or RPC cancelled.
        asg: the access security group, where the server has rules; None: DEFAULT.
        asl: the access security level, 0 or 1.

    Raises:
        TypeError: ``nt`` is not the type of a structure, or ``rules`` are no Rules.
        ValueError: an option is none of these.
    """

    _ruled: Ruled | None = None

    def __init__(
        self,
        nt: TypeBuilder | TypeDef | None = None,
        initial: object = None,
        *,
        rules: bool | Rules = False,
        serial: Serial = True,
        max_waiting: int = 64,
        handler_timeout: float | None = None,
        on_leave: OnLeave | None = None,
        asg: str | None = None,
        asl: int = 1,
    ) -> None:
        self._set_group(asg, asl)
        self._ruled = ruled(rules)
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
        rules: bool | Rules = False,
        handler_timeout: float | None = None,
        on_leave: OnLeave | None = None,
        asg: str | None = None,
        asl: int = 1,
    ) -> Self:
        """Make a PV that clients cannot write; the arguments are those of the class."""
        self = cls.__new__(cls)
        self._set_group(asg, asl)
        self._ruled = ruled(rules)
        self._set_up_handlers(
            writable=False, serial=True, max_waiting=64, handler_timeout=handler_timeout, on_leave=on_leave
        )
        self._set_up(nt, initial)
        return self

    def _set_up(self, nt: TypeBuilder | TypeDef | None, initial: object) -> None:
        self._make: Callable[[], Value] | None = None if nt is None else maker_of(nt, type_of(nt))
        self._assign = assigner_of(nt)
        if initial is not None:
            self.open(initial)

    def open(self, initial: object = None) -> None:
        """Serve a value; clients that wait for the PV get it.

        The time stamp, where the type has one, is set to now unless ``initial`` gives it.

        Args:
            initial: a Value or a reading, whose type the PV then has; or, where the PV was made with a type,
                what :func:`aiopvxs.nt.assign` takes: a plain value for the field ``value`` (an array, a
                table, an image, a moment, for an enum an index, a choice or a member), a dict of fields, a
                model. It is assigned to what ``nt.create()`` returns, so units, limits and choices are
                those of ``nt``. Without it nothing more is assigned.

        Raises:
            RuntimeError: the PV is open.
            TypeError: the PV has no type, or the Value is not a structure.
            NoConvert, FieldLookupError: the value does not fit the type.
        """
        value = opened(self._core.label, self._make, initial, self._assign)
        if self._ruled is not None:
            self._ruled.open(self._core, value)
        else:
            self._core.open(value)

    def post(
        self,
        value: object = NOTHING,
        *,
        alarm: Alarm | Mapping[str, object] | None = None,
        timestamp: object = None,
    ) -> None:
        """Change the value and send what changed to all who subscribed.

        The time stamp is set to now unless given. A value with nothing marked changes nothing.

        Args:
            value: what :func:`aiopvxs.nt.assign` takes: a plain value for the field ``value`` (an array, a
                table, an image, a moment, for an enum an index, a choice or a member); a dict, which always
                names fields; a model; or a Value, or reading, of the PV's structure, of which the marked
                fields count.
            alarm: the alarm that the PV then has, before what ``value`` says of it.
            timestamp: the moment of it: nanoseconds, a datetime that knows its zone, a ``datetime64``,
                ``(seconds, nanoseconds)``, float seconds, or a :class:`aiopvxs.nt.Timestamp`.

        Raises:
            Closed: the PV is not open.
            TypeError: a Value of another structure, or nothing to post.
            NoConvert, FieldLookupError: the value does not fit the PV; the PV stays as it was.
            ValueError: a string that is none of an enum's choices.

        Example::

            pv.post(2.5, timestamp=detector.time_ns)
            pv.post(alarm=Alarm(MAJOR, "stuck"))
        """
        if alarm is None and timestamp is None and self._ruled is None and self._core.post_usual(value):
            return
        delta = update(self._core, value, alarm, timestamp, self._assign)
        if self._ruled is not None:
            self._ruled.post(self._core, delta)
        elif delta is structure_of(value):
            self._core.post(delta)
        else:
            self._core.post_own(delta)

    def _announce(self) -> None:
        have = self._functions
        put = "put" in have or (self._ruled is not None and self._writable)
        self._core.call(get="get" in have, put=put, rpc="rpc" in have, connects=bool(self._connects))

    def _function(self, kind: str) -> Callable[[Operation], object] | None:
        function = super()._function(kind)
        by_rules = self._ruled
        if kind != "put" or by_rules is None:
            return function
        return lambda op: by_rules.put(self._core, op, function)

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
