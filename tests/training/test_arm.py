"""What a cuff makes of the truth: noise, bias, length, failures; the population's bands."""

import statistics
from collections import Counter

import pytest

from ketamon.training.arm import LONGEST_S, CuffOnArm
from ketamon.training.patient import Patient, Truth
from ketamon_drivers.virtual.suntech_cuff import Measurement
from tests.training.people import typical

TRUTH = typical().at(0)


def cycles(
    cuff: CuffOnArm, count: int, *, moving: bool = False, truth: Truth = TRUTH
) -> list[Measurement]:
    return [cuff.measure(truth, moving=moving) for _ in range(count)]


def good(measured: list[Measurement]) -> list[Measurement]:
    return [each for each in measured if each.error is None]


def test_a_repeat_differs_by_the_noise_of_a_repeat() -> None:
    measured = good(cycles(CuffOnArm(1), 3000)[1:])
    assert statistics.stdev(each.systolic for each in measured) == pytest.approx(5, rel=0.1)
    assert statistics.stdev(each.diastolic for each in measured) == pytest.approx(3.5, rel=0.1)


def test_a_cuff_keeps_its_bias_for_the_session_with_the_same_sign_for_both() -> None:
    biases = []
    for seed in range(200):
        measured = good(cycles(CuffOnArm(seed), 80)[1:])
        sys_bias = statistics.fmean(each.systolic for each in measured) - TRUTH.sys_mmhg
        dia_bias = statistics.fmean(each.diastolic for each in measured) - TRUTH.dia_mmhg
        biases.append(sys_bias)
        assert abs(sys_bias) < 2 or sys_bias * dia_bias > 0
    assert statistics.fmean(biases) == pytest.approx(0, abs=0.7)
    assert statistics.stdev(biases) == pytest.approx(3, abs=0.5)


def test_the_first_cycle_reads_higher() -> None:
    first, second = [], []
    for seed in range(1500):
        one, two = cycles(CuffOnArm(seed), 2)
        if one.error is None and two.error is None:
            first.append(one.systolic)
            second.append(two.systolic)
    assert statistics.fmean(first) - statistics.fmean(second) == pytest.approx(3, abs=0.7)


def test_a_cycle_takes_20_to_45_s_and_longer_when_the_arm_moves() -> None:
    rest = [each.duration_s for each in good(cycles(CuffOnArm(2), 500))]
    assert min(rest) >= 20
    assert max(rest) <= 45
    moving = [each.duration_s for each in good(cycles(CuffOnArm(2), 500, moving=True))]
    assert statistics.fmean(moving) > statistics.fmean(rest) + 10


@pytest.mark.parametrize(("moving", "least", "most"), [(False, 0.02, 0.04), (True, 0.15, 0.30)])
def test_a_few_cycles_fail_at_rest_and_many_while_the_arm_moves(
    moving: bool, least: float, most: float
) -> None:
    measured = [each for seed in range(100) for each in cycles(CuffOnArm(seed), 100, moving=moving)]
    failed = Counter(each.error for each in measured if each.error is not None)
    assert least < failed.total() / len(measured) < most
    assert {each.duration_s for each in measured if each.error == 4} == {LONGEST_S}
    assert failed.most_common(1)[0][0] == (2 if moving else 1)
    for each in measured:
        assert (each.error is None) == (each.systolic > 0)
        assert each.duration_s <= LONGEST_S


def test_failures_that_are_asked_for_come_next_and_change_no_later_noise() -> None:
    plain, asked = CuffOnArm(3), CuffOnArm(3)
    asked.fail_next(times=3, error=87)
    one, other = cycles(plain, 40), cycles(asked, 40)
    assert [each.error for each in other[:3]] == [87, 87, 87]
    assert one[3:] == other[3:]


def test_a_wrong_cuff_and_a_low_arm_read_high() -> None:
    right = good(cycles(CuffOnArm(4), 200))
    wrong = good(cycles(CuffOnArm(4, too_small_mmhg=9, below_heart_cm=10), 200))
    for one, other in zip(right, wrong, strict=True):
        assert other.systolic - one.systolic == pytest.approx(16.5, abs=1)


def test_values_are_whole_numbers_that_can_be_pressures() -> None:
    low = Truth(0, 62, 50, 54, 40, 90, 6, 1, 0, 0, 0)
    for each in good(cycles(CuffOnArm(5), 2000, truth=low)):
        assert all(type(value) is int for value in (each.systolic, each.diastolic, each.mean))
        assert each.systolic - each.diastolic >= 12
        assert each.diastolic < each.mean < each.systolic


PEOPLE = 400
READ_AT = (10, 20, 30, 40, 55, 70, 85, 100, 115, 120)


def session(seed: int) -> dict[int, tuple[float, float, float]]:
    """Gives the change of SYS, DIA and pulse over two readings before, as a cuff shows it."""
    patient, cuff = Patient(seed, arrived_s=-1200), CuffOnArm(seed)
    patient.start_infusion(0)

    def read(minute: int) -> Measurement:
        return good(cycles(cuff, 8, truth=patient.at(60 * minute)))[0]

    before = [read(-10), read(-5)]
    rest = [
        statistics.fmean(values)
        for values in zip(*((b.systolic, b.diastolic, b.pulse) for b in before), strict=True)
    ]
    changes = {}
    for minute in READ_AT:
        now = read(minute)
        changes[minute] = (
            now.systolic - rest[0], now.diastolic - rest[1], now.pulse - rest[2],
        )  # fmt: skip
    return changes


def test_a_population_answers_half_a_mg_per_kg_as_in_trials() -> None:
    sessions = [session(seed) for seed in range(PEOPLE)]

    def mean(minute: int, vital: int) -> float:
        return statistics.fmean(changes[minute][vital] for changes in sessions)

    assert 5 <= mean(40, 0) <= 14
    assert 4 <= mean(40, 1) <= 10
    assert 0 <= mean(40, 2) <= 6
    assert 30 <= max(READ_AT, key=lambda minute: mean(minute, 0)) <= 50
    assert abs(mean(120, 0)) < 5
    assert abs(mean(120, 1)) < 5
    big = [any(sys >= 40 or dia >= 25 for sys, dia, _ in changes.values()) for changes in sessions]
    assert 0.02 <= sum(big) / PEOPLE <= 0.12
