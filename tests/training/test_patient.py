"""What is true of the patient: ketamine's effects, what passes, and that looking changes nothing."""

import statistics

import pytest

from ketamon.training.patient import Patient, Truth, emax
from ketamon.training.person import Person
from tests.training.people import typical

MINUTE = 60.0


def mean(truths: list[Truth], name: str) -> float:
    """Gives the mean of one vital; over ten minutes the slow waves cancel out."""
    return statistics.fmean(float(getattr(truth, name)) for truth in truths)


def around(patient: Patient, minute: float, *, width: float = 10) -> list[Truth]:
    start = int((minute - width / 2) * MINUTE)
    return [patient.at(t) for t in range(start, start + int(width * MINUTE), 5)]


@pytest.mark.parametrize(
    ("vital", "rest", "most", "half_at"),
    [("sys_mmhg", 124, 35, 250), ("dia_mmhg", 77, 22, 250), ("hr_per_min", 74, 30, 590)],
)
def test_the_typical_patient_follows_the_concentration_at_the_effect_site(
    vital: str, rest: float, most: float, half_at: float
) -> None:
    patient = typical()
    patient.start_infusion(0)
    truths = around(patient, 43)
    expected = rest + statistics.mean(emax(t.effect_ng_per_ml, most, half_at) for t in truths)
    assert mean(truths, vital) == pytest.approx(expected, abs=1)
    assert mean(around(patient, -60), vital) == pytest.approx(rest, abs=1)


def test_half_the_greatest_effect_is_at_its_concentration() -> None:
    assert emax(250, 35, 250) == pytest.approx(17.5)
    assert emax(0, 35, 250) == 0


def test_mean_pressure_lies_a_third_above_diastolic() -> None:
    truth = typical().at(100)
    assert truth.map_mmhg == pytest.approx(truth.dia_mmhg + (truth.sys_mmhg - truth.dia_mmhg) / 3)


def test_who_looks_and_when_changes_nothing() -> None:
    once, often = Patient(7), Patient(7)
    for patient in (once, often):
        patient.start_infusion(0)
        patient.panic(900)
    for t in range(-600, 3600, 7):
        often.at(t)
    assert once.at(2000) == often.at(2000)
    assert often.at(500) == once.at(500)


def test_another_seed_is_another_patient() -> None:
    assert Patient(1).at(0) != Patient(2).at(0)
    assert Patient(1).at(0) == Patient(1).at(0)


def test_a_weight_that_is_given_leaves_the_rest_of_the_person_as_drawn() -> None:
    drawn, given = Person.drawn(4), Person.drawn(4, weight_kg=91)
    assert given.weight_kg == 91
    assert (drawn.sys_mmhg, drawn.pressure_gain) == (given.sys_mmhg, given.pressure_gain)
    assert given.body.tissue_l == pytest.approx(145 * 91 / 70)


def test_an_infusion_ends_by_itself_or_when_somebody_stops_it() -> None:
    whole, stopped = typical(), typical()
    for patient in (whole, stopped):
        patient.start_infusion(0, mg_per_kg=0.5, minutes=40)
    stopped.stop_infusion(20 * MINUTE)
    assert whole.at(20 * MINUTE) == stopped.at(20 * MINUTE)
    assert stopped.at(43 * MINUTE).effect_ng_per_ml < 80
    assert whole.at(43 * MINUTE).effect_ng_per_ml == pytest.approx(179, rel=0.02)
    assert whole.at(80 * MINUTE).effect_ng_per_ml == pytest.approx(97, rel=0.02)


def test_an_infusion_of_no_length_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 0 minutes"):
        typical().start_infusion(0, minutes=0)


def test_an_injection_and_a_spray_work_too() -> None:
    patient = typical()
    patient.inject(0, mg_per_kg=0.5)
    assert patient.at(23 * MINUTE).effect_ng_per_ml == pytest.approx(177, rel=0.02)
    nasal = typical()
    for device in range(3):
        nasal.spray(device * 5 * MINUTE)
    peak = max(range(0, 90), key=lambda minute: nasal.at(minute * MINUTE).effect_ng_per_ml)
    assert 30 <= peak <= 50


def test_anxiety_fades_from_arrival_on() -> None:
    calm, anxious = typical(), typical(anxiety_mmhg=20)
    for minutes, left in ((0, 20), (20, 7.36), (60, 1.0)):
        a, b = anxious.at(minutes * MINUTE), calm.at(minutes * MINUTE)
        assert a.sys_mmhg - b.sys_mmhg == pytest.approx(left, abs=0.05)
        assert a.dia_mmhg - b.dia_mmhg == pytest.approx(0.4 * left, abs=0.05)
        assert a.hr_per_min - b.hr_per_min == pytest.approx(0.8 * left, abs=0.05)


def test_who_came_long_ago_is_calm() -> None:
    person = typical(anxiety_mmhg=20).person
    just, early = Patient(1, person=person), Patient(1, person=person, arrived_s=-1200)
    assert just.at(0).sys_mmhg - early.at(0).sys_mmhg == pytest.approx(20 - 7.36, abs=0.05)


def test_panic_raises_pulse_and_pressure_for_minutes_and_passes() -> None:
    patient, calm = typical(), typical()
    patient.panic(600)
    assert patient.at(600) == calm.at(600)
    rise = patient.at(700).hr_per_min - calm.at(700).hr_per_min
    assert 15 <= rise <= 30
    assert 15 <= patient.at(700).sys_mmhg - calm.at(700).sys_mmhg <= 25
    assert patient.at(600 + 481) == calm.at(600 + 481)


def test_labetalol_takes_a_third_of_what_ketamine_does() -> None:
    patient, untreated = typical(), typical()
    for each in (patient, untreated):
        each.start_infusion(0)
    patient.labetalol(30 * MINUTE)
    rest = 124
    with_it, without = (
        mean(around(patient, 45), "sys_mmhg"),
        mean(around(untreated, 45), "sys_mmhg"),
    )
    assert (with_it - rest) / (without - rest) == pytest.approx(0.65, abs=0.08)


def test_shallow_breathing_lasts_until_somebody_helps() -> None:
    patient = typical()
    patient.breathe_shallow(100)
    low = patient.at(300)
    assert 6 <= low.rr_per_min <= 9
    assert 82 <= low.spo2_pct <= 90.5
    patient.stimulate(310)
    assert patient.at(305).rr_per_min == pytest.approx(low.rr_per_min, abs=0.1)
    assert patient.at(400).spo2_pct > 95
    assert patient.at(400).rr_per_min > 11


@pytest.mark.parametrize("seed", range(12))
def test_saturation_falls_no_lower_than_82_to_90(seed: int) -> None:
    patient = typical(seed)
    patient.breathe_shallow(0)
    lowest = min(patient.at(t).spo2_pct for t in range(0, 600, 5))
    assert 82 <= lowest <= 90.1
    assert patient.at(600).spo2_pct > 96


def test_help_that_comes_at_once_makes_no_jump() -> None:
    patient = typical()
    patient.breathe_shallow(100)
    patient.stimulate(104)
    assert patient.at(104.1).rr_per_min == pytest.approx(patient.at(104).rr_per_min, abs=0.3)


def test_help_that_came_before_helps_nothing() -> None:
    patient = typical()
    patient.breathe_shallow(100)
    patient.stimulate(50)
    assert patient.at(250).rr_per_min < 9.1


def test_breathing_becomes_shallow_by_itself_seldom_and_with_sedatives_more_often() -> None:
    def share(*, sedatives: bool) -> float:
        shallow = 0
        for seed in range(300):
            patient = typical(seed, sedatives=sedatives)
            patient.start_infusion(0)
            shallow += min(patient.at(t).rr_per_min for t in range(1200, 3500, 60)) < 9.5
        return shallow / 300

    assert 0 < share(sedatives=False) < 0.04
    assert 0.03 < share(sedatives=True) < 0.11


def test_ketamine_takes_half_a_percent_of_saturation_and_there_are_no_more_than_100() -> None:
    patient, without = typical(), typical()
    patient.start_infusion(0)
    t = 43 * MINUTE
    assert without.at(t).spo2_pct - patient.at(t).spo2_pct == pytest.approx(0.54, abs=0.02)
    full = typical(spo2_pct=99.5)
    full.oxygen(0, on=True)
    assert full.at(100).spo2_pct == 100


def test_diastolic_stays_under_systolic_whatever_the_gains() -> None:
    patient = typical(diastolic_gain=9)
    patient.start_infusion(0)
    assert all(t.sys_mmhg - t.dia_mmhg >= 17.9 for t in around(patient, 43))


def test_saturation_falls_only_after_the_breaths() -> None:
    patient = typical()
    patient.breathe_shallow(100)
    assert patient.at(125).rr_per_min < 10
    assert patient.at(125).spo2_pct > 96


def test_oxygen_helps_and_lifts_saturation_while_it_flows() -> None:
    patient, without = typical(), typical()
    patient.breathe_shallow(0)
    patient.oxygen(200, on=True)
    patient.oxygen(900, on=False)
    assert patient.at(235).spo2_pct > 95
    assert patient.at(600).spo2_pct == pytest.approx(without.at(600).spo2_pct + 1.5, abs=0.1)
    assert patient.at(1000).spo2_pct == pytest.approx(without.at(1000).spo2_pct, abs=0.1)


def test_a_needle_moves_the_pulse_for_two_minutes() -> None:
    patient, without = typical(), typical()
    patient.needle(60)
    assert patient.at(90).hr_per_min - without.at(90).hr_per_min == pytest.approx(5)
    assert patient.at(181).hr_per_min == without.at(181).hr_per_min


def test_alertness_falls_with_the_dose_and_comes_back() -> None:
    scores = {}
    for mg_per_kg in (0.25, 0.5, 1.0, 1.5, 2.2):
        patient = typical()
        patient.start_infusion(0, mg_per_kg)
        scores[mg_per_kg] = patient.at(42 * MINUTE).moaas
        assert patient.at(8 * 60 * MINUTE).moaas == 5
    assert scores == {0.25: 5, 0.5: 4, 1.0: 3, 1.5: 2, 2.2: 1}


def test_dissociation_is_about_20_points_at_the_usual_peak() -> None:
    patient = typical()
    patient.start_infusion(0)
    assert patient.at(41 * MINUTE).cadss == pytest.approx(18, abs=2)
    assert patient.at(0).cadss == 0
