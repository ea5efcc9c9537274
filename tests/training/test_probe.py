"""What the oximeter makes of the truth: averages, motion for pulse, squeezed and fallen probes."""

import statistics

import pytest

from ketamon.training.patient import Patient
from ketamon.training.probe import Burst, Mistake, Motion, Probe
from ketamon_drivers.protocols import nonin_df8
from ketamon_drivers.readings import Oximetry
from tests.training.people import typical

HOUR = 3600
QUIET = next(seed for seed in range(99) if not any(map(Motion(seed).at, range(1200))))
STILL = [seed for seed in range(30) if not any(map(Motion(seed).at, range(120)))][:8]


def hour(probe: Probe, patient: Patient, *, start: int = 0, end: int = HOUR) -> list[Oximetry]:
    return [probe.sample(patient.at(t)) for t in range(start, end)]


def test_values_are_near_the_truth_while_the_hand_rests() -> None:
    patient = typical()
    for seed in range(8):
        probe = Probe(seed)
        spo2, rate = [], []
        for t in range(HOUR):
            truth = patient.at(t)
            sample = probe.sample(truth)
            if (
                not sample.status
                and sample.spo2_pct is not None
                and sample.pulse_rate_per_min is not None
            ):
                spo2.append(sample.spo2_pct - truth.spo2_pct)
                rate.append(sample.pulse_rate_per_min - truth.hr_per_min)
        assert abs(statistics.median(spo2)) <= 2
        assert abs(statistics.median(rate)) <= 3


def test_a_change_is_seen_through_the_average() -> None:
    for seed in STILL:
        probe, patient = Probe(seed), typical()
        assert 4 <= probe.averages_s <= 8
        hour(probe, patient, end=20)
        jump = typical(hr_per_min=114)
        rates = [probe.sample(jump.at(t)).pulse_rate_per_min or 0 for t in range(20, 32)]
        arrived = next(i for i, rate in enumerate(rates) if rate >= 109)
        assert arrived == pytest.approx(probe.averages_s - 1, abs=1)


def test_hands_move_once_in_6_to_10_minutes_for_5_to_40_seconds() -> None:
    gaps, lengths = [], []
    for seed in range(40):
        motion, before = Motion(seed), 0.0
        seen: list[Burst] = []
        for t in range(4 * HOUR):
            burst = motion.at(t)
            if burst and (not seen or burst is not seen[-1]):
                seen.append(burst)
        for burst in seen:
            gaps.append(burst.start_s - before)
            lengths.append(burst.end_s - burst.start_s)
            before = burst.end_s
    assert 330 <= statistics.mean(gaps) <= 630
    assert min(lengths) >= 5
    assert max(lengths) <= 40


@pytest.mark.parametrize(
    ("mistake", "rate", "taken"),
    [(Mistake.DOUBLES, 80, 160), (Mistake.HALVES, 80, 40), (Mistake.LOCKS, 80, 118),
     (Mistake.DOUBLES, 130, 240), (Mistake.HALVES, 40, 25)],
)  # fmt: skip
def test_motion_is_taken_for_pulse(mistake: Mistake, rate: float, taken: float) -> None:
    assert mistake.of(rate) == taken


def test_motion_pulls_values_away_says_so_and_passes() -> None:
    for seed in STILL:
        probe, patient = Probe(seed), typical()
        hour(probe, patient, end=30)
        probe.motion.ask(30, 30)
        moving = hour(probe, patient, start=30, end=60)
        assert all("motion" in sample.status for sample in moving)
        assert ["questionable" in sample.status for sample in moving] == [False] * 10 + [True] * 20
        rates = [sample.pulse_rate_per_min or 0 for sample in moving[10:]]
        assert all(abs(rate - 74) > 15 for rate in rates)
        spo2 = [sample.spo2_pct or 0 for sample in moving[10:]]
        assert 97.3 - 18 <= statistics.mean(spo2) < 96
        later = hour(probe, patient, start=60, end=75)[-1]
        assert later.status == ()
        assert later.pulse_rate_per_min == pytest.approx(74, abs=8)


def test_motion_that_is_asked_for_changes_nothing_but_its_own_seconds() -> None:
    patient = typical()
    undisturbed, disturbed = Probe(QUIET), Probe(QUIET)
    disturbed.motion.ask(100, 20)
    disturbed.motion.ask(200, 20)
    one, other = hour(undisturbed, patient), hour(disturbed, patient)
    differ = [t for t in range(HOUR) if one[t] != other[t]]
    assert {t for t in differ if not (100 <= t < 130 or 200 <= t < 230)} == set()
    assert len(differ) > 30


def test_a_probe_that_is_off_sends_no_values_and_needs_seconds_when_back() -> None:
    probe, patient = Probe(QUIET), typical()
    hour(probe, patient, end=30)
    probe.off()
    gone = hour(probe, patient, start=30, end=60)
    assert set(gone) == {Oximetry(status=("sensor_off",))}
    probe.on()
    back = hour(probe, patient, start=60, end=70)
    assert [sample.spo2_pct is None for sample in back] == [True, True] + [False] * 8
    assert all(sample.status == () for sample in back)


def test_a_cuff_on_the_same_arm_freezes_the_value_then_takes_it_and_gives_it_back() -> None:
    probe, patient = Probe(QUIET), typical()
    before = hour(probe, patient, end=30)[-1]
    probe.squeeze(30)
    during = hour(probe, patient, start=30, end=65)
    assert during[5].spo2_pct == pytest.approx(before.spo2_pct, abs=1)
    assert "low_perfusion" in during[5].status
    assert {sample.spo2_pct for sample in during[7:]} == {None}
    probe.release(65)
    after = hour(probe, patient, start=65, end=76)
    assert after[-1].spo2_pct == pytest.approx(before.spo2_pct, abs=2)
    assert after[-1].status == ()
    assert after[-1].perfusion_index_pct == pytest.approx(before.perfusion_index_pct, rel=0.3)


def test_there_are_no_more_than_100_percent() -> None:
    patient = typical(spo2_pct=100)
    for seed in range(6):
        assert max(sample.spo2_pct or 0 for sample in hour(Probe(seed), patient, end=200)) <= 100


def test_all_that_a_probe_says_fits_the_frame_of_the_oximeter() -> None:
    decoder = nonin_df8.NoninFormat8()
    for seed in range(6):
        probe, patient = Probe(seed), Patient(seed)
        patient.breathe_shallow(100)
        for t in range(900):
            match t:
                case 200:
                    probe.off()
                case 230:
                    probe.on()
                case 300:
                    probe.motion.ask(300, 60)
                case 400:
                    probe.squeeze(400)
                case 440:
                    probe.release(440)
            sample = probe.sample(patient.at(t))
            (read,) = decoder.feed(nonin_df8.encode(sample))
            assert isinstance(read, Oximetry)
            assert (read.spo2_pct, read.pulse_rate_per_min) == (
                sample.spo2_pct,
                sample.pulse_rate_per_min,
            )
            assert read.status == sample.status


def test_the_same_seed_gives_the_same_samples() -> None:
    patient = typical()
    assert hour(Probe(3), patient) == hour(Probe(3), patient)
    assert hour(Probe(3), patient) != hour(Probe(4), patient)
