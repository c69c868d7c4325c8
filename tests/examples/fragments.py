"""Runs the Python examples of a page that are no whole programs, one after another, as in a notebook.

They are run on an event loop, where ``await`` needs no function around it, in one module for the page. What
they need beside (a ``ctx``, PVs, a device) is in ``scenes``. What is to be done with a block is said by the
comment on the line above it, which readers do not see:

    <!-- goes on -->            it has no end: it is cancelled when it has printed something
    <!-- program -->            it is run as a process of its own
    <!-- task: … -->            another test has it
    <!-- not run: REASON -->    nothing

``….run()`` at the end of a block serves until the end of the page.
"""

from __future__ import annotations

import ast
import asyncio
import doctest
import subprocess
import sys
from contextlib import AsyncExitStack, contextmanager
from inspect import CO_COROUTINE
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from aiopvxs.server import Server
from follow import Block, blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 60.0
DOCS = Path(__file__).parents[2] / "docs"


def is_followed(page: Path) -> bool:
    """Whether a page has whole programs, and is followed to the letter (tools/follow.py)."""
    return any(block.mark == "file" for block in blocks_of(page))


def examples(page: Path) -> list[Block]:
    """The blocks of Python of a page that are to be run here."""
    if is_followed(page):
        return []
    blocks = [block for block in blocks_of(page) if block.language in ("python", "pycon")]
    return [block for block in blocks if block.mark not in ("task", "not run")]


@contextmanager
def module(page: Path) -> Iterator[ModuleType]:
    """A module in which the page's blocks run, known to those who ask where a class comes from."""
    made = ModuleType(f"page_{page.stem.replace('-', '_')}")
    sys.modules[made.__name__] = made
    try:
        yield made
    finally:
        del sys.modules[made.__name__]


class Runs(ast.NodeTransformer):
    """``server.run()`` would wait for the end; ``asyncio.run(main())`` cannot be called where a loop runs."""

    def visit_Expr(self, node: ast.Expr) -> ast.Expr:
        call = node.value
        if not (
            isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "run"
        ):
            return node
        of = call.func.value
        if isinstance(of, ast.Name) and of.id == "asyncio":
            served: ast.expr = call.args[0]
        else:
            served = ast.Call(ast.Name("__serve__", ast.Load()), [of, *call.args], [])
        return ast.Expr(ast.Await(served))


class Runner:
    """Runs the blocks of one page."""

    def __init__(self, page: Path, names: dict[str, Any], environment: dict[str, str]) -> None:
        self._page = page
        self._names = names
        self._environment = environment
        self._printed = asyncio.Event()
        names["print"] = self._print
        names["__serve__"] = self._serve
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Runner:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    def _print(self, *things: object) -> None:
        for thing in things:
            str(thing)
        self._printed.set()

    async def _serve(self, server: Server, main: Any = None) -> None:
        assert isinstance(server, Server)
        await self._stack.enter_async_context(server)
        if main is not None:
            beside = asyncio.ensure_future(main())
            self._stack.callback(beside.cancel)

    async def run(self, block: Block) -> None:
        """Run a block; tracebacks have the lines of the page."""
        if block.mark == "program":
            await asyncio.to_thread(self._program, block)
        elif block.language == "pycon":
            self._session(block)
        elif block.mark == "goes on":
            await self._until_it_prints(block)
        else:
            assert not block.mark, f"{self._page}:{block.line}: what is {block.mark!r}?"
            await asyncio.wait_for(self._execute(block), SECONDS)

    async def _execute(self, block: Block) -> None:
        source = "\n" * block.line + block.code
        for written, real in self._names.get("__addresses__", {}).items():
            source = source.replace(written, real)  # that of a page is nobody's here
        tree = ast.fix_missing_locations(Runs().visit(ast.parse(source, str(self._page))))
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(tree, str(self._page), "exec", flags=flags, dont_inherit=True)
        outcome = eval(code, self._names)
        if code.co_flags & CO_COROUTINE:
            await outcome

    async def _until_it_prints(self, block: Block) -> None:
        self._printed.clear()
        running = asyncio.ensure_future(self._execute(block))
        printed = asyncio.ensure_future(self._printed.wait())
        await asyncio.wait({running, printed}, timeout=SECONDS, return_when=asyncio.FIRST_COMPLETED)
        ended = running.done()
        for task in (running, printed):
            task.cancel()
        errors = await asyncio.gather(running, printed, return_exceptions=True)
        if ended and isinstance(errors[0], Exception):
            raise errors[0]
        assert not ended, f"{self._page}:{block.line}: it has come to an end"
        assert self._printed.is_set(), f"{self._page}:{block.line}: it has printed nothing"

    def _session(self, block: Block) -> None:
        parsed = doctest.DocTestParser().get_doctest(
            block.code, self._names, self._page.name, str(self._page), block.line
        )
        report: list[str] = []
        result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(
            parsed, out=report.append, clear_globs=False
        )
        assert not result.failed, "".join(report)

    def _program(self, block: Block) -> None:
        done = subprocess.run(
            [sys.executable, "-c", block.code],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{self._page}:{block.line}:\n{done.stderr}"
