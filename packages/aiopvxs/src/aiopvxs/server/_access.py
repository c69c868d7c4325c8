"""Decides what the clients of one server may, and tells the log what they may not."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections import deque
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from aiopvxs_core import server as core

from ._acf import AccessSecurity, host_of
from ._gates import gates
from ._roles import roles_of
from ._runner import Runner, pv_of

if TYPE_CHECKING:
    from ._served import Served

__all__ = ["AccessPolicy", "Gate"]

log = logging.getLogger("aiopvxs.server.access")

_VERBS = {"read": "read", "monitor": "monitor", "put": "write to", "rpc": "call"}


class AccessPolicy(Protocol):
    """A function that decides what a client may; plain or async.

    Args:
        peer: address of the client, ``"host:port"``.
        account: the user that it says it is.
        roles: the groups that this account has on the server's machine.
        method: how it says so, ``"ca"`` or ``"anonymous"``.
        name: name of the PV.
        right: ``"read"`` at the beginning of a get, put or monitor; ``"write"`` at each put and RPC.
    """

    def __call__(
        self,
        peer: str,
        account: str,
        roles: frozenset[str],
        method: str,
        name: str,
        right: Literal["read", "write"],
    ) -> bool | Awaitable[bool]: ...


class Asking(Protocol):
    """Who asks: a Question, a Guarded channel, or an operation."""

    @property
    def name(self) -> str: ...
    @property
    def peer(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def method(self) -> str: ...
    def roles(self) -> list[str]: ...


@dataclass(frozen=True)
class Verdict:
    """What becomes of a question."""

    allowed: bool
    granted: int = 0
    """Nothing that needs this much is asked about again: 1 to read, 2 to write."""
    told: bool = False
    """Writing is told to the log (TRAPWRITE)."""
    why: str = ""


class Gate:
    """Answers the questions of one server's channels.

    Args:
        access: what decides.
        runner: on whose loop.
    """

    def __init__(self, access: AccessSecurity | AccessPolicy, runner: Runner) -> None:
        given: object = access
        if not isinstance(given, AccessSecurity) and not callable(given):
            raise TypeError(f"access is an AccessSecurity or a function, not {given!r}")
        self.access = access
        self._runner = runner
        self._core = core.Access()
        core.restrict(runner.core, self._core)
        runner.decides = self.take
        gates.add(self)

    def take(self, question: core.Question) -> None:
        """Answer a question, now or later."""
        pv = pv_of(question.key)
        if pv is not None and pv._open_to_all:
            question.allow(2)
            return
        if isinstance(self.access, AccessSecurity):
            asg, asl = _group(pv)
            known = self.access._known(asg, asl, question.method, question.account, host_of(question.peer))
            if known is not None:
                self._answer(question, _verdict(known, question.write, asg, asl))
                return
        self._runner.spawn(self._decide(question, pv))

    async def _decide(self, question: core.Question, pv: Served | None) -> None:
        try:
            verdict = await self.judge(question, pv, question.write)
        except asyncio.CancelledError:
            question.deny("The server was stopped before it knew what its client may")
            raise
        except Exception as exc:
            log.error(
                "What %s may with PV %r is not known: %s", _who(question), question.name, exc, exc_info=exc
            )
            verdict = Verdict(False, why=" since the decision failed")
        self._answer(question, verdict)

    def _answer(self, question: core.Question, verdict: Verdict) -> None:
        if verdict.allowed:
            if verdict.told and question.write:
                log.info("%s of PV %r by %s", question.what, question.name, _who(question))
            question.allow(verdict.granted)
            return
        log.warning("Denied: %s of PV %r by %s%s", question.what, question.name, _who(question), verdict.why)
        question.deny(
            f"Access denied: {question.account} at {host_of(question.peer)} may not "
            f'{_VERBS[question.what]} PV "{question.name}"'
        )

    async def judge(self, who: Asking, pv: Served | None, write: bool) -> Verdict:
        """Return whether a client may read, or write, a PV."""

        async def roles() -> frozenset[str]:
            return await roles_of(who.account, who.roles)

        if isinstance(self.access, AccessSecurity):
            asg, asl = _group(pv)
            client = (who.method, who.account, host_of(who.peer))
            found = self.access._known(asg, asl, *client)
            if found is None:
                found = await self.access._find_out(asg, asl, *client, roles)
            return _verdict(found, write, asg, asl)
        result = self.access(
            who.peer, who.account, await roles(), who.method, who.name, "write" if write else "read"
        )
        allowed = await result if inspect.isawaitable(result) else result
        if not isinstance(allowed, bool):
            raise TypeError(f"The access policy returned {allowed!r}, which is no bool")
        return Verdict(allowed)

    def review(self, key: int = 0) -> None:
        """Decide anew who may read, of one PV or, if 0, of all; any thread."""
        channels = self._core.renew(key)
        if not channels:
            return
        loop = self._runner.loop
        try:
            if loop is None:
                raise RuntimeError
            loop.call_soon_threadsafe(self._begin_review, channels)
        except RuntimeError:  # nobody is there to decide: who may read comes again
            for each in channels:
                each.revoke()

    def _begin_review(self, channels: list[core.Guarded]) -> None:
        undecided = deque(channels)
        task = self._runner.spawn(self._review(undecided))
        task.add_done_callback(lambda _: _revoke_all(undecided))

    async def _review(self, undecided: deque[core.Guarded]) -> None:
        while undecided:
            each = undecided[0]
            pv = pv_of(each.key)
            if (pv is None or not pv._open_to_all) and not await self._may_stay(each, pv):
                log.warning("Disconnected: %s may no more read PV %r", _who(each), each.name)
                each.revoke()
            undecided.popleft()

    async def _may_stay(self, who: core.Guarded, pv: Served | None) -> bool:
        try:
            return (await self.judge(who, pv, False)).allowed
        except Exception as exc:
            log.error("What %s may with PV %r is not known: %s", _who(who), who.name, exc, exc_info=exc)
            return False


def _revoke_all(undecided: deque[core.Guarded]) -> None:
    """Disconnect those about whom nobody decides any more: the review was cancelled."""
    for each in undecided:
        log.warning("Disconnected: what %s may with PV %r was not decided", _who(each), each.name)
        each.revoke()


def _group(pv: Served | None) -> tuple[str, int]:
    return ("DEFAULT", 1) if pv is None else (pv.asg or "DEFAULT", pv.asl)


def _verdict(judgement: tuple[int, bool], write: bool, asg: str, asl: int) -> Verdict:
    right, told = judgement
    allowed = right >= (2 if write else 1)
    return Verdict(allowed, min(right, 1) if told else right, told, f" (ASG {asg}, ASL {asl})")


def _who(who: Asking) -> str:
    # clients choose these texts: quoted, they cannot forge a line of the log
    return f"{who.account!r} ({who.method}) at {who.peer}"
