"""The signals that end a server."""

from __future__ import annotations

import asyncio
import signal
import threading

import pytest

from aiopvxs.server._signals import on_stop_signal, require_main_thread


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_called_and_restored(number: signal.Signals) -> None:
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    called = asyncio.Event()
    with on_stop_signal(asyncio.get_running_loop(), called.set):
        signal.raise_signal(number)
        await called.wait()
    assert {each: signal.getsignal(each) for each in before} == before


async def test_a_loop_that_has_no_signal_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = asyncio.get_running_loop()

    def refuse(*_: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(loop, "add_signal_handler", refuse)
    before = signal.getsignal(signal.SIGTERM)
    called = asyncio.Event()
    with on_stop_signal(loop, called.set):
        signal.raise_signal(signal.SIGTERM)
        await called.wait()
    assert signal.getsignal(signal.SIGTERM) is before


async def test_only_in_the_main_thread() -> None:
    with pytest.raises(RuntimeError, match="main thread"):
        await asyncio.to_thread(require_main_thread)
    assert threading.current_thread() is threading.main_thread()
    require_main_thread()
