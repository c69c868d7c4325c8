"""A little of the fuzz, and that it notices what must not happen."""

from __future__ import annotations

import pytest

from aiopvxs_core.data import NoConvert
from fuzz import __main__ as program
from fuzz import rounds
from fuzz.operations import Assignment, Scene


def test_a_thousand_operations(capsys: pytest.CaptureFixture[str]) -> None:
    status = program.main(["--seed", "1", "--rounds", "25"])
    output = capsys.readouterr().out
    assert status == 0, output
    assert output.splitlines()[-1].startswith("25 rounds, 1000 operations, ")


def test_the_same_seed_plays_the_same_round() -> None:
    tallies = [rounds.Tally(), rounds.Tally()]
    for tally in tallies:
        for seed in range(100, 110):
            rounds.play(seed, tally)
    assert str(tallies[0]) == str(tallies[1])


def undocumented(scene: Scene) -> None:
    raise RuntimeError("of no kind that is documented")


def half_done(scene: Scene) -> None:
    scene.value.mark()
    raise NoConvert("after it has changed something")


@pytest.mark.parametrize("act", [undocumented, half_done])
def test_what_must_not_happen_is_noticed(
    act: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(act)
    monkeypatch.setattr(rounds, "assignment", lambda scene: Assignment("broken", lambda: act(scene)))
    # a round whose type has leaves, so that there is something to change
    seed = next(seed for seed in range(100) if Scene.of_seed(seed).value.typedef().members)
    tally = rounds.Tally()
    rounds.play(seed, tally)
    assert tally.failures == 1
    assert f"--seed {seed} --rounds 1: broken" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--minutes", "many"], ["--seed", "x"]])
def test_bad_arguments_are_a_usage_error(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as error:
        program.main(arguments)
    assert error.value.code == 2
