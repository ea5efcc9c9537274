"""Away: one quiet line for the loss of named sensors, ended by the patient or by time."""

import pytest

from ketamon.core import alarms
from ketamon.entries import Away
from tests.core.chair import Chair
from tests.core.session import LIMITS

WALK = {"minutes": 5, "sensors": ["oximeter"], "reason": "toilet"}


def away(chair: Chair, t: float, **body: object) -> list[str]:
    """An `away` entry, the usual one but for what is given."""
    return chair.tell(t, "away", **{**WALK, **body})


def leaving(**body: object) -> Chair:
    """A patient who gives SpO2 until 10, and is away from 10."""
    chair = Chair({})
    for t in range(10):
        chair.spo2(t, 97)
    away(chair, 10, **body)
    return chair


def changes(lines: list[str]) -> list[list[str]]:
    """Condition and change of each."""
    return [line.split()[1:3] for line in lines]


def test_loss_of_a_named_sensor_raises_nothing_while_away() -> None:
    chair = leaving()
    for t in range(11, 60):
        chair.spo2(t, None, status=["sensor_off"])
    chair.tell(60, "device", "oximeter", state="lost", reason="out of range")
    assert chair.wait(309.999) == []


def test_other_sensors_are_told_as_ever() -> None:
    chair = leaving()
    chair.strap(11, 80)
    found = chair.wait(30)
    assert changes(found) == [["hr_no_data", "raised"]]


def test_vital_with_a_source_that_is_not_named_is_told() -> None:
    chair = leaving()
    chair.strap(11, 80)
    chair.tell(12, "oximetry", "oximeter", spo2=97, pulse_rate=80)
    assert changes(chair.wait(30)) == [["hr_no_data", "raised"]]


def test_what_stood_before_is_cleared_as_away() -> None:
    chair = Chair({})
    chair.spo2(0, 97)
    chair.wait(10)
    assert away(chair, 12) == ["12.000 oximeter_no_data cleared normal low: away"]


def test_patients_conditions_stand() -> None:
    chair = Chair({})
    chair.state = alarms.start()
    chair.tell(0, "limits", profile=LIMITS)
    for t in range(6):
        chair.spo2(t, 84)
    away(chair, 6)
    assert changes(chair.wait(20)) == [["spo2_low", "unresolved"]]
    assert changes(chair.wait(306)) == [
        ["oximeter_no_data", "raised"],
        ["patient_not_back", "raised"],
    ]


def test_ten_seconds_of_valid_signal_end_it() -> None:
    chair = leaving()
    chair.wait(100)
    for t in range(100, 110):
        chair.spo2(t, 97)
        assert chair.state.away.covers("oximeter")
    chair.spo2(110, 97)
    assert not chair.state.away.covers("oximeter")
    assert changes(chair.wait(120)) == [["oximeter_no_data", "raised"]]


def test_signal_before_the_patient_has_left_does_not_end_it() -> None:
    chair = leaving()
    for t in range(11, 60):
        chair.spo2(t, 97, status=["sensor_off"] if t == 30 else [])
    assert chair.state.away.covers("oximeter")


def test_time_up_without_signal_is_patient_not_back_and_the_loss_is_told() -> None:
    chair = leaving()
    assert chair.wait(310) == [
        "310.000 oximeter_no_data raised active low: nothing comes from the oximeter",
        "310.000 patient_not_back raised active medium: no valid signal since: oximeter",
    ]
    for t in range(400, 410):
        chair.spo2(t, 97)
    assert changes(chair.spo2(410, 97)) == [["patient_not_back", "cleared"]]


def test_time_up_with_signal_is_quiet() -> None:
    chair = leaving()
    for t in range(305, 312):
        assert chair.spo2(t, 97) == []
    assert not chair.state.away.late


def test_it_is_extended_once() -> None:
    chair = leaving()
    away(chair, 200, minutes=10)
    assert chair.state.away.until_ms == 910_000
    away(chair, 300, minutes=15)
    assert chair.state.away.until_ms == 910_000
    assert changes(chair.wait(910)) == [
        ["oximeter_no_data", "raised"],
        ["patient_not_back", "raised"],
    ]


def test_person_says_that_the_patient_is_back() -> None:
    chair = leaving()
    chair.wait(60)
    assert changes(away(chair, 60, minutes=0)) == [["oximeter_no_data", "raised"]]
    assert away(chair, 61, minutes=0) == []


def test_new_away_ends_patient_not_back() -> None:
    chair = leaving()
    chair.wait(310)
    assert changes(away(chair, 320)) == [
        ["oximeter_no_data", "cleared"],
        ["patient_not_back", "cleared"],
    ]


def test_cuff_that_is_named_is_back_with_a_reading() -> None:
    chair = Chair({})
    away(chair, 0, sensors=["cuff"])
    assert chair.tell(1, "device", "cuff", state="lost", reason="unplugged") == []
    assert changes(chair.wait(300)) == [["device_lost", "raised"], ["patient_not_back", "raised"]]
    assert changes(chair.cuff(301, 120)) == [
        ["device_lost", "cleared"],
        ["patient_not_back", "cleared"],
    ]


@pytest.mark.parametrize(
    ("phase", "body", "words"),
    [
        ("baseline", {"minutes": 7}, "away: give 5, 10 or 15 minutes"),
        ("baseline", {"minutes": None}, "away: give 5, 10 or 15 minutes"),
        ("baseline", {"sensors": ()}, "away: name the sensors: oximeter, strap, monitor, cuff"),
        ("baseline", {"sensors": ("shoe",)}, "away: name the sensors: oximeter, strap, monitor, cuff"),
        ("dosing", {"reason": None}, "away: while dosing it needs a reason"),
        ("dosing", {"reason": " "}, "away: while dosing it needs a reason"),
        ("baseline", {"minutes": 0}, "nobody is away"),
        ("baseline", {"reason": None}, None),
        ("dosing", {}, None),
    ],
)  # fmt: skip
def test_entry_that_does_not_count_says_why_and_changes_nothing(
    phase: str, body: dict[str, object], words: str | None
) -> None:
    chair = Chair({})
    chair.phase(0, phase)
    given = {**WALK, **body}
    told = Away(given["minutes"], tuple(given["sensors"]), given["reason"])  # type: ignore[arg-type]
    assert chair.state.away.refusal(told, dosing=phase == "dosing") == words
    kept = {key: value for key, value in given.items() if value is not None}
    chair.tell(1, "away", **kept)
    assert (chair.state.away.until_ms is not None) == (words is None)


@pytest.mark.parametrize("gone", ["off", "lost"])
def test_sensor_that_was_gone_for_less_than_its_stale_time_counts_anew(gone: str) -> None:
    chair = leaving()
    for t in range(11, 21):
        chair.spo2(t, 97)
    chair.spo2(20, None, status=["sensor_off"])
    if gone == "lost":
        chair.tell(21, "device", "oximeter", state="lost")
    for t in (26, 27, 30, 35, 35.999):
        chair.spo2(t, 97)
    assert chair.state.away.covers("oximeter")
    chair.spo2(36, 97)
    assert not chair.state.away.covers("oximeter")


def test_reading_of_a_cuff_ends_nothing_while_other_sensors_are_named() -> None:
    chair = leaving(sensors=["oximeter", "cuff"])
    chair.cuff(20, 120)
    assert chair.state.away.covers("oximeter")


def test_new_away_covers_only_what_it_names() -> None:
    chair = leaving()
    chair.wait(310)
    away(chair, 320, sensors=["strap"])
    assert chair.state.away.sensors == ("strap",)


def test_one_that_ends_by_its_value_is_not_cleared_as_away() -> None:
    chair = Chair({})
    chair.tell(0, "device", "strap", state="lost", reason="far")
    away(chair, 1)
    assert chair.tell(2, "device", "oximeter", state="lost", reason="far") == []
    assert chair.strap(3, 80) == ["3.000 device_lost cleared normal low"]
