"""People as they are drawn: spreads as in trials, and a mean gain of 1."""

import statistics

import pytest

from ketamon.training.chance import stream
from ketamon.training.person import Person, gains

PEOPLE = [Person.drawn(seed) for seed in range(1500)]


def mean(name: str, people: list[Person] = PEOPLE) -> float:
    return statistics.fmean(float(getattr(person, name)) for person in people)


def test_people_at_rest_are_those_of_trials() -> None:
    calm = [person for person in PEOPLE if not person.hypertensive]
    high = [person for person in PEOPLE if person.hypertensive]
    assert mean("sys_mmhg", calm) == pytest.approx(124, abs=1.5)
    assert mean("dia_mmhg", calm) == pytest.approx(77, abs=1.5)
    assert mean("sys_mmhg", high) - mean("sys_mmhg", calm) == pytest.approx(15, abs=3)
    assert mean("dia_mmhg", high) - mean("dia_mmhg", calm) == pytest.approx(8, abs=2)
    assert mean("hr_per_min") == pytest.approx(74, abs=1.5)
    assert mean("spo2_pct") == pytest.approx(97.3, abs=0.3)
    assert all(person.sys_mmhg - person.dia_mmhg >= 27.9 for person in PEOPLE)


@pytest.mark.parametrize("gain", ["pressure_gain", "rate_gain", "sedation_gain"])
def test_the_mean_gain_of_all_people_is_1(gain: str) -> None:
    assert mean(gain) == pytest.approx(1, abs=0.06)


def test_a_first_session_makes_anxious() -> None:
    first = [Person.drawn(seed, first_session=True) for seed in range(300)]
    assert mean("anxiety_mmhg", first) > mean("anxiety_mmhg") + 5


@pytest.mark.parametrize(
    ("trait", "expected"),
    [("older", (1.25, 1, 1)), ("hypertensive", (1.25, 1, 0.6)), ("dissociates", (1.2, 1, 1)),
     ("female", (1, 1.2, 1))],
)  # fmt: skip
def test_a_trait_moves_the_gains(trait: str, expected: tuple[float, float, float]) -> None:
    without = dict.fromkeys(("female", "older", "hypertensive", "dissociates"), False)
    usual = gains(stream(1, "gains"), **without)
    moved = gains(stream(1, "gains"), **(without | {trait: True}))
    assert [b / a for a, b in zip(usual, moved, strict=True)] == pytest.approx(expected)
