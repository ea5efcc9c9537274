"""A vital or a device that is lost: told at that moment, beside what the patient's conditions do."""

import json

import pytest

from ketamon.core import alarms
from tests.core.chair import Chair
from tests.core.session import LIMITS


def limited() -> Chair:
    """A chair with limits and no schedule."""
    chair = Chair({})
    chair.state = alarms.start()
    chair.tell(0, "limits", profile=LIMITS)
    return chair


def test_spo2_is_lost_at_its_stale_time_and_ends_at_the_next_valid_value() -> None:
    chair = Chair({})
    chair.spo2(5, 97)
    assert chair.wait(14.999) == []
    assert chair.wait(15) == [
        "15.000 oximeter_no_data raised active low: nothing comes from the oximeter"
    ]
    assert chair.spo2(20, None) == []
    assert chair.spo2(30, 97) == ["30.000 oximeter_no_data cleared normal low"]


def test_value_of_the_same_millisecond_comes_after_the_loss() -> None:
    chair = Chair({})
    chair.spo2(5, 97)
    assert [line.split()[2] for line in chair.spo2(15, 97)] == ["raised", "cleared"]


def test_vital_that_was_never_given_is_not_missing() -> None:
    chair = Chair({})
    chair.spo2(5, None)
    chair.cuff(6, 120, pulse_rate=70)
    chair.typed(7, pulse_rate=70)
    assert chair.wait(100) == []


def test_hr_is_missing_only_when_no_source_is_left_and_a_cuffs_pulse_is_none() -> None:
    chair = Chair({})
    chair.strap(0, 80)
    chair.tell(8, "oximetry", "oximeter", spo2=None, pulse_rate=80)
    assert chair.wait(17.999) == []  # the strap was lost at 10
    assert chair.wait(18) == [
        "18.000 hr_no_data raised active low: nothing comes from the oximeter"
    ]
    assert chair.cuff(20, 120, pulse_rate=70) == []
    assert chair.strap(30, 80) == ["30.000 hr_no_data cleared normal low"]


def test_respiration_is_missing_too() -> None:
    chair = Chair({})
    chair.tell(0, "respiration", "monitor", rr=14)
    assert chair.wait(10) == ["10.000 rr_no_data raised active low: nothing comes from the monitor"]


@pytest.mark.parametrize(("cadence", "lost_s"), [(1, 10), (5, 15), (60, 180), (61, None)])
def test_cadence_says_when_and_charted_sources_raise_none(
    cadence: float, lost_s: float | None
) -> None:
    chair = Chair({})
    chair.tell(0, "device", "oximeter", cadence_s=cadence)
    chair.spo2(0, 97)
    found = chair.wait(10_000)
    first = f"{lost_s}.000 oximeter_no_data raised active low: nothing comes from the oximeter"
    assert found[:1] == ([first] if lost_s else [])


def test_loss_weighs_more_while_dosing() -> None:
    chair = Chair({})
    chair.spo2(0, 97)
    chair.wait(10)
    chair.acknowledge(11)
    assert chair.phase(12, "dosing") == [
        "12.000 oximeter_no_data escalated active medium: nothing comes from the oximeter"
    ]
    assert chair.phase(20, "recovery") == [
        "20.000 oximeter_no_data deescalated active low: nothing comes from the oximeter"
    ]


def test_reason_says_what_was_last_heard() -> None:
    chair = Chair({})
    chair.spo2(0, 97)
    for t in range(1, 11):
        chair.spo2(t, None, status=["searching"])
    assert chair.out == []
    track = chair.state.technical["oximeter_no_data"]
    assert track.reason == "oximeter sends no valid value"
    chair.spo2(11, None, status=["sensor_off"])
    assert track.reason == "oximeter: sensor off"
    chair.tell(12, "device", "oximeter", state="lost", reason="unplugged")
    assert track.reason == "oximeter lost: unplugged"


def test_loss_stands_beside_the_patients_unresolved_condition() -> None:
    chair = limited()
    for t in range(6):
        chair.spo2(t, 84)  # HIGH at 5
    assert [line.split()[1:4] for line in chair.wait(15)] == [
        ["spo2_low", "unresolved", "unresolved"],
        ["oximeter_no_data", "raised", "active"],
    ]
    assert [line.split()[1:4] for line in chair.spo2(20, 97)] == [
        ["oximeter_no_data", "cleared", "normal"]
    ]
    assert chair.state.tracks["spo2_low"].state == "unresolved"


# -- device_lost --------------------------------------------------------------------------------


def test_lost_device_ends_with_its_own_valid_value() -> None:
    chair = Chair({})
    chair.spo2(0, 97)
    assert chair.tell(3, "device", "oximeter", state="lost", reason="unplugged") == [
        "3.000 oximeter_no_data raised active low: oximeter lost: unplugged",
        "3.000 device_lost raised active low: oximeter: unplugged",
    ]
    assert chair.tell(4, "device", "oximeter", state="streaming") == []
    assert chair.strap(5, 80) == []
    assert chair.spo2(6, None) == []
    assert [line.split()[1:3] for line in chair.spo2(7, 97)] == [
        ["oximeter_no_data", "cleared"],
        ["device_lost", "cleared"],
    ]


def test_silent_device_is_not_lost() -> None:
    chair = Chair({})
    assert chair.tell(3, "device", "oximeter", state="silent", reason="quiet") == []


@pytest.mark.parametrize("back", ["streaming", "reading"])
def test_cuff_is_back_with_its_link_or_a_reading(back: str) -> None:
    chair = Chair({})
    chair.tell(1, "device", "cuff", state="lost", reason="unplugged")
    found = (
        chair.cuff(9, 120)
        if back == "reading"
        else chair.tell(9, "device", "cuff", state="streaming")
    )
    assert found == ["9.000 device_lost cleared normal low"]


def test_second_device_asks_anew_and_an_answer_to_the_first_does_not_cover_it() -> None:
    chair = Chair({})
    chair.tell(1, "device", "strap", state="lost", reason="out of range")
    drawn = chair.state.seq
    both = "strap: out of range; cuff: unplugged"
    assert chair.tell(5, "device", "cuff", state="lost", reason="unplugged") == [
        f"5.000 device_lost realarmed active low: {both}"
    ]
    assert chair.acknowledge(6, up_to_seq=drawn) == []
    chair.acknowledge(7)
    assert chair.tell(8, "device", "monitor", state="lost", reason="gone") == [
        f"8.000 device_lost realarmed active low: {both}; monitor: gone"
    ]


def test_told_again_is_not_a_second_loss_and_one_that_is_back_leaves_the_other() -> None:
    chair = Chair({})
    chair.tell(1, "device", "strap", state="lost", reason="out of range")
    chair.tell(2, "device", "cuff", state="lost", reason="unplugged")
    assert chair.tell(3, "device", "strap", state="lost", reason="battery") == []
    assert chair.strap(4, 80) == []
    assert chair.state.technical["device_lost"].reason == "cuff: unplugged"


def test_line_says_why_in_json() -> None:
    chair = Chair({})
    chair.spo2(0, 97)
    line = json.loads(alarms.advance(chair.state, 10_000)[0].line)
    assert line["reason"] == "nothing comes from the oximeter"
    assert (line["value"], line["limit"], line["basis"]) == (None, None, None)


def test_answer_is_waited_for_anew_when_another_device_joins() -> None:
    chair = Chair({})
    chair.tell(0, "device", "strap", state="lost", reason="far")
    chair.tell(100, "device", "cuff", state="lost", reason="far")
    assert chair.wait(219.999) == []
    assert chair.wait(220) == ["220.000 device_lost unanswered active low"]


def test_nothing_is_due_after_the_end() -> None:
    chair = Chair({})
    chair.tell(0, "device", "strap", state="lost", reason="far")
    chair.spo2(1, 97)
    chair.tell(2, "end")
    assert alarms.due(chair.state) is None
