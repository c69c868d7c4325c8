"""A round: one value, some dozens of operations, and what must hold after each of them."""

from __future__ import annotations

import traceback
import warnings

from aiopvxs_core.data import Value
from aiopvxs_core.errors import Error

from .operations import Assignment, Scene, assignment, look

__all__ = ["Tally", "play"]

_DOCUMENTED = (
    Error,
    TypeError,
    ValueError,
    KeyError,
    AttributeError,
    IndexError,
    RecursionError,
    MemoryError,
)
# of Python's operations on the plain value that a leaf stands for, and of iterating a memoryview
_OF_PYTHON = (ArithmeticError, NotImplementedError)
_OPERATIONS = 40


class Tally:
    """What was done."""

    def __init__(self) -> None:
        self.rounds = self.operations = self.refused = self.failures = 0

    def __str__(self) -> str:
        counts = f"{self.rounds} rounds, {self.operations} operations, {self.refused} of them refused"
        return f"{counts}, {self.failures} failures"


class _Broken(Exception):
    """Something that must hold does not."""


def play(seed: int, tally: Tally) -> None:
    """Play the round of that seed; a failure is printed and counted."""
    scene = Scene.of_seed(seed)
    step = Assignment("nothing yet", lambda: None)
    tally.rounds += 1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # numpy's, of what is done to it
            for _ in range(_OPERATIONS):
                writes = scene.rng.randrange(3) > 0
                step = assignment(scene) if writes else look(scene)
                tally.operations += 1
                tally.refused += not _perform(scene, step, writes)
    except Exception:  # noqa: BLE001 whatever it is, it is to be shown, and the next round played
        tally.failures += 1
        print(f"--seed {seed} --rounds 1: {step.what}\n{traceback.format_exc()}", flush=True)


def _perform(scene: Scene, step: Assignment, writes: bool) -> bool:
    value = scene.value
    before, marked = value.clone(), value.changed()
    scene.mischief.meddled = False
    scene.mischief.raised.clear()
    try:
        step.run()
    except BaseException as error:
        _check_error(scene, error, writes)
        if not scene.mischief.meddled:
            _check_same(value, before)
            if value.changed() != marked and writes:
                raise _Broken(f"marks {value.changed()} were {marked}") from error
        return False
    finally:
        _check_whole(value)
    return True


def _check_error(scene: Scene, error: BaseException, writes: bool) -> None:
    if isinstance(error, _DOCUMENTED) or (not writes and isinstance(error, _OF_PYTHON)):
        str(error)
        return
    if type(error) is OverflowError and "index-sized" in str(error):
        return  # Python's own word on an object whose __len__ lies
    if not writes and type(error) is RuntimeError and "Content of sequences changed" in str(error):
        return  # numpy's own word on one that it is indexed with
    if any(own is error or type(own) is type(error) for own in scene.mischief.raised):
        return
    raise _Broken(f"{type(error).__name__} is none of the documented errors") from error


def _check_same(value: Value, before: Value) -> None:
    if value != before or str(value) != str(before):
        raise _Broken(f"a failure left\n{value}\nof\n{before}")


def _check_whole(value: Value) -> None:
    """Whatever happened, the value can be read, copied and compared."""
    clone = value.clone()
    if clone != value or str(clone) != str(value):
        raise _Broken(f"the copy is\n{clone}\nof\n{value}")
    value.as_dict()
    fresh = value.cloneEmpty()
    fresh.assign(value)
    if not value.changed() <= fresh.changed():
        raise _Broken(f"marks {fresh.changed()} were to be {value.changed()}")
