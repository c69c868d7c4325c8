"""``aiopvxs serve``: mailbox PVs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..server import Server, SharedPV
from ._keep import Keeper
from ._parser import Parser, seconds
from ._run import say, write
from ._served_types import make_pv
from ._words import value_of

__all__ = ["main", "make_parser"]

_KEYS = {"type", "initial", "options"}


def make_parser() -> Parser:
    """Return what reads the words after the command."""
    parser = Parser(
        "serve",
        "Serve PVs that store what clients put, until Ctrl-C. A type is int, real, str, bool, aint, areal, "
        "astr, enum, any name of TypeCodeEnum such as UInt16A, or a normative type such as NTTable.",
    )
    parser.add_argument("-f", dest="file", type=Path, metavar="FILE", help="YAML file of PVs; needs PyYAML")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the values in this file")
    parser.add_argument(
        "--period", type=seconds, default=1.0, metavar="SEC", help="how often changes are saved, 1 s"
    )
    parser.add_argument("pvs", nargs="*", metavar="NAME=TYPE[:INITIAL]")
    return parser


def main(words: Sequence[str]) -> int:
    """Run the command."""
    parser = make_parser()
    options = parser.read(list(words))
    pvs: dict[str, SharedPV] = {}
    for word in options.pvs:
        name, pv = _from_word(word)
        if name in pvs:
            parser.error(f"the PV {name!r} is given twice")
        pvs[name] = pv
    if options.file is not None:
        for name, pv in _from_file(options.file).items():
            if name in pvs:
                parser.error(f"the PV {name!r} is given twice")
            pvs[name] = pv
    if not pvs:
        parser.error("no PV is given")
    return _serve(pvs, Keeper(options.save, pvs) if options.save else None, options.period)


def _serve(pvs: dict[str, SharedPV], keeper: Keeper | None, period: float) -> int:
    server = Server(pvs)

    async def beside() -> None:
        addresses = " ".join(server.config.interfaces)
        write(f"Serving {len(pvs)} PVs on {addresses} TCP port {server.config.tcp_port}\n")
        sys.stdout.flush()
        if keeper is not None:
            await keeper.keep(max(period, 0.01))

    server.run(beside)
    if keeper is not None:
        keeper.write()
    say("Stopped")
    return 0


def _from_word(word: str) -> tuple[str, SharedPV]:
    name, equals, rest = word.partition("=")
    kind, colon, initial = rest.partition(":")
    if not (name and equals and kind):
        raise ValueError(f"{word!r} is not of the form name=type or name=type:initial")
    return name, make_pv(name, kind, None, value_of(initial) if colon else None)


def _from_file(path: Path) -> dict[str, SharedPV]:
    try:
        import yaml
    except ImportError:
        raise ValueError('A file of PVs needs PyYAML: pip install "aiopvxs[yaml]"') from None
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as exc:
        raise ValueError(f"{path} is no YAML: {exc}") from None
    if not isinstance(given, dict):
        raise ValueError(f"{path} has to hold a mapping of the names of PVs to their types")
    return {str(name): _from_entry(path, str(name), entry) for name, entry in given.items()}


def _from_entry(path: Path, name: str, entry: Any) -> SharedPV:
    if isinstance(entry, str):
        return make_pv(name, entry)
    if not isinstance(entry, dict) or "type" not in entry or not set(entry) <= _KEYS:
        raise ValueError(f"{path}: PV {name!r} has to be a type, or a mapping with type, initial and options")
    options = entry.get("options") or {}
    if not isinstance(options, dict):
        raise ValueError(f"{path}: the options of PV {name!r} have to be a mapping")
    return make_pv(name, str(entry["type"]), options, entry.get("initial"))
