"""A p4p server process: prints its client configuration, serves until its standard input ends.

=============  ===================================================================================
PV             what it is
=============  ===================================================================================
double, int, string, array, strings, enum, table, image, nested: writable, store what is put
readonly       takes no puts
clipped        its handler refuses what is above 10 and halves the rest
held           answers a put when told to ``release``
late           is not open; ``open`` opens it
calc:add       RPC: the sum of the query's ``a`` and ``b``
calc:echo      RPC: the argument itself
calc:unopened  the same, of a PV that is not open
calc:nothing   RPC: an empty reply
calc:fail      RPC: always refused
dyn:…          made when a client asks for it; its value is the rest of its name
=============  ===================================================================================

Commands are JSON lines, each answered by one: ``["post", NAME, VALUE]``, ``["open", NAME, VALUE]``,
``["close", NAME]``, ``["release", NAME, ERROR or null]`` (answers how many puts were held).
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy
from p4p import Type, Value
from p4p.nt import NTEnum, NTNDArray, NTScalar, NTTable
from p4p.server import DynamicProvider, Server
from p4p.server.thread import SharedPV

held: list[Any] = []


class Store:
    """Store what was put."""

    def put(self, pv: Any, op: Any) -> None:
        """Post it."""
        pv.post(op.value())
        op.done()


class Clip:
    """Refuse above 10, store the half."""

    def put(self, pv: Any, op: Any) -> None:
        """Decide."""
        if op.value() > 10:
            op.done(error="above 10")
            return
        pv.post(op.value() / 2)
        op.done()


class Hold:
    """Store at once, answer later."""

    def put(self, pv: Any, op: Any) -> None:
        """Keep the operation."""
        pv.post(op.value())
        held.append(op)


class Call:
    """Answer an RPC with what a function makes of its argument."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def rpc(self, pv: Any, op: Any) -> None:
        """Call it."""
        try:
            op.done(self._function(op.value()))
        except Exception as error:  # noqa: BLE001 - the answer to the client
            op.done(error=str(error))


def add(argument: Any) -> Any:
    """Add the query's ``a`` and ``b``."""
    return NTScalar("d").wrap(float(argument.query.a) + float(argument.query.b))


def fail(argument: Any) -> Any:
    """Refuse."""
    raise RuntimeError("the interlock “A” is open")


NESTED = Type(
    [
        ("value", "i"),
        ("inner", ("S", "inner_t", [("x", "d"), ("names", "as")])),
        ("choice", ("U", None, [("number", "i"), ("text", "s"), ("image", "aH")])),
        ("any", "v"),
        ("rows", ("aS", None, [("id", "i"), ("label", "s")])),
        ("flags", "a?"),
    ],
    id="aiopvxs:test/nested:1.0",
)


def nested() -> Any:
    """A structure of everything that nests."""
    return Value(
        NESTED,
        {
            "value": 5,
            "inner": {"x": 0.5, "names": ["a", "b"]},
            "choice": ("text", "chosen"),
            "any": 2.5,
            "rows": [{"id": 1, "label": "one"}, {"id": 2, "label": "two"}],
            "flags": numpy.array([True, False]),
        },
    )


def service(function: Any) -> Any:
    """A PV for RPC only."""
    return SharedPV(nt=NTScalar("s"), initial="RPC only", handler=Call(function))


class Dynamic:
    """Makes PVs whose name begins with ``dyn:``."""

    def testChannel(self, name: str) -> bool:
        """Tell whether it is one of ours."""
        return name.startswith("dyn:")

    def makeChannel(self, name: str, peer: str) -> Any:
        """Make the PV; p4p asks for names that belong to others too."""
        if not self.testChannel(name):
            return None
        return SharedPV(nt=NTScalar("s"), initial=name.removeprefix("dyn:"), handler=Store())


def served() -> dict[str, Any]:
    """The PVs by name."""
    store = Store()
    return {
        "double": SharedPV(nt=NTScalar("d", display=True), initial=1.5, handler=store),
        "int": SharedPV(nt=NTScalar("i"), initial=7, handler=store),
        "string": SharedPV(nt=NTScalar("s"), initial="grün", handler=store),
        "array": SharedPV(nt=NTScalar("ad"), initial=numpy.arange(5.0), handler=store),
        "strings": SharedPV(nt=NTScalar("as"), initial=["a", "grün"], handler=store),
        "enum": SharedPV(nt=NTEnum(), initial={"index": 1, "choices": ["off", "on", "fault"]}, handler=store),
        "table": SharedPV(
            nt=NTTable([("pos", "d"), ("name", "s")]),
            initial=[{"pos": 0.5, "name": "a"}, {"pos": 1.5, "name": "b"}],
            handler=store,
        ),
        "image": SharedPV(nt=NTNDArray(), initial=numpy.arange(6, dtype=numpy.uint16).reshape(2, 3)),
        "nested": SharedPV(initial=nested(), handler=store),
        "readonly": SharedPV(nt=NTScalar("d"), initial=2.5),
        "clipped": SharedPV(nt=NTScalar("d"), initial=1.0, handler=Clip()),
        "held": SharedPV(nt=NTScalar("d"), initial=0.0, handler=Hold()),
        "late": SharedPV(nt=NTScalar("d"), handler=store),
        "calc:add": service(add),
        "calc:echo": service(lambda argument: argument),
        "calc:unopened": SharedPV(handler=Call(lambda argument: argument)),
        "calc:nothing": service(lambda argument: None),
        "calc:fail": service(fail),
    }


def obey(pvs: dict[str, Any], verb: str, name: str, *words: Any) -> Any:
    """Do one command."""
    if verb == "post":
        return pvs[name].post(words[0])
    if verb == "open":
        return pvs[name].open(words[0])
    if verb == "close":
        return pvs[name].close(sync=True)
    if verb == "release":
        count = len(held)
        while held:
            held.pop(0).done(error=words[0])
        return count
    raise ValueError(f"no command is called {verb!r}")


def main() -> None:
    """Serve until end of input."""
    pvs = served()
    dynamic = DynamicProvider("dynamic", Dynamic())
    with Server(providers=[pvs, dynamic], isolate=True) as server:
        print(json.dumps({"event": "ready", "config": server.conf()}), flush=True)
        for line in sys.stdin:
            print(json.dumps({"event": "done", "value": obey(pvs, *json.loads(line))}), flush=True)


if __name__ == "__main__":
    main()
