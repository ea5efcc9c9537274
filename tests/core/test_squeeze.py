"""A cuff that inflates on the probe's arm: SpO2-low is held for a minute at most."""

from typing import Any

import pytest

from tests.core.session import LIMITS, Core

SPO2: dict[str, Any] = {"spo2": LIMITS["spo2"]}
START: dict[str, Any] = {"kind": "cuff", "device": "cuff", "action": "start"}


def same_arm(limits: dict[str, Any] | None = None) -> Core:
    """Cuff and probe on the left arm, and a good value at 0."""
    core = Core(SPO2 if limits is None else limits)
    core.tell(0, "placement", cuff_arm="left", probe_arm="left")
    core.spo2(0, 97)
    return core


def start(core: Core, t: float) -> list[str]:
    """The cuff is started."""
    return core.tell(t, "cuff", "cuff", action="start")


def each_second(core: Core, since: int, until: int, value: float | None) -> list[str]:
    """A value a second, both ends in; the lines that came."""
    return [line for t in range(since, until + 1) for line in core.spo2(t, value)]


def test_level_is_held_at_the_millisecond_at_which_it_would_be_reached_and_raised_after_60_s() -> (
    None
):
    core = same_arm()
    start(core, 1)
    core.spo2(2.5, 84)
    assert core.wait(7.499) == []
    assert core.wait(7.5) == ["7.500 spo2_low held normal high 84<85"]
    assert each_second(core, 8, 60, 84) == []
    assert core.wait(60.999) == []
    assert core.wait(61) == [
        "61.000 spo2_low released normal high 84<85",
        "61.000 spo2_low raised active high 84<85",
    ]


def test_value_that_recovers_within_10_s_of_the_reading_raises_nothing() -> None:
    core = same_arm()
    start(core, 1)
    assert each_second(core, 2, 30, 84) == ["7.000 spo2_low held normal high 84<85"]
    core.cuff(30, 120)
    assert each_second(core, 31, 38, 84) == []
    assert each_second(core, 39, 60, 97) == ["40.000 spo2_low released normal high 97<85"]


def test_value_that_does_not_recover_is_raised_10_s_after_the_reading() -> None:
    core = same_arm()
    start(core, 1)
    each_second(core, 2, 30, 84)
    core.cuff(30, 120)
    assert each_second(core, 31, 41, 84) == [
        "40.000 spo2_low released normal high 84<85",
        "40.000 spo2_low raised active high 84<85",
    ]


@pytest.mark.parametrize(
    ("what", "over_at"),
    [
        ({"kind": "blood_pressure", "device": "cuff", "systolic": 120, "diastolic": 70}, 30),
        ({"kind": "blood_pressure", "device": "monitor", "systolic": 120, "diastolic": 70}, 30),
        ({"kind": "blood_pressure", "device": "cuff", "status": ["cuff_too_loose"]}, 30),
        ({"kind": "cuff", "device": "cuff", "action": "failed"}, 30),
        ({"kind": "cuff", "device": "cuff", "action": "stop"}, 30),
        ({"kind": "cuff", "device": "cuff", "action": "inflated"}, 30),
        ({"kind": "placement", "probe_arm": "right"}, 20),
        ({"kind": "placement", "cuff_arm": "right"}, 20),
        ({"kind": "placement", "cuff_site": "leg"}, 20),
        ({"kind": "placement", "line_arm": "left"}, 61),
        ({"kind": "cuff", "device": "cuff", "action": "skipped", "reason": "asleep"}, 61),
        ({"kind": "cuff", "device": "cuff", "action": "started"}, 61),
        ({"kind": "blood_pressure", "device": "cuff", "systolic": 120, "diastolic": 70,
          "status": ["from_storage"]}, 61),
        ({"kind": "manual", "device": "person", "systolic": 120, "diastolic": 70}, 61),
    ],
)  # fmt: skip
def test_what_ends_it(what: dict[str, Any], over_at: float) -> None:
    core = same_arm()
    start(core, 1)
    each_second(core, 2, 19, 84)
    found = core.tell(20, **what) + each_second(core, 21, 70, 84)
    assert found == [
        f"{over_at:.3f} spo2_low released normal high 84<85",
        f"{over_at:.3f} spo2_low raised active high 84<85",
    ]


@pytest.mark.parametrize(
    "placement",
    [
        {},
        {"cuff_arm": "left"},
        {"probe_arm": "left"},
        {"cuff_arm": "left", "probe_arm": "right"},
        {"cuff_arm": "left", "probe_arm": "left", "cuff_site": "leg"},
    ],
)
def test_nothing_is_held_but_on_the_same_arm(placement: dict[str, str]) -> None:
    core = Core(SPO2)
    core.tell(0, "placement", **placement)
    core.spo2(0, 97)
    start(core, 1)
    core.spo2(2, 84)
    assert core.wait(7) == ["7.000 spo2_low raised active high 84<85"]


def test_what_is_said_of_the_probe_while_the_cuff_inflates_holds_the_next_time() -> None:
    core = Core(SPO2)
    core.tell(0, "placement", cuff_arm="left")
    start(core, 1)
    core.tell(1.5, "placement", probe_arm="left")
    core.spo2(2, 84)
    assert core.wait(7) == ["7.000 spo2_low raised active high 84<85"]


def test_pressure_that_a_cuff_tells_begins_it_once_an_inflation() -> None:
    core = same_arm()
    core.tell(1, "cuff_pressure", "cuff", pressure=19)
    found = []
    for t in range(2, 70):
        found += core.tell(t, "cuff_pressure", "cuff", pressure=20 + t)
        found += core.spo2(t, 84)
    assert found == [
        "7.000 spo2_low held normal high 84<85",
        "62.000 spo2_low released normal high 84<85",
        "62.000 spo2_low raised active high 84<85",
    ]
    each_second(core, 70, 99, 97)
    core.tell(99, "cuff_pressure", "cuff", pressure=50)
    core.tell(99.001, "cuff_pressure", "cuff", pressure=None)
    assert core.state.squeeze.until_ms is None  # 30 s after the last one: the same inflation
    core.tell(129.001, "cuff_pressure", "cuff", pressure=50)
    assert core.state.squeeze.until_ms == 189_001


def test_alarm_that_stands_goes_on_and_only_its_rise_is_held() -> None:
    core = same_arm()
    each_second(core, 1, 20, 93)
    start(core, 21)
    assert each_second(core, 21, 40, 84) == ["26.000 spo2_low held active high 84<85"]
    core.acknowledge(41)
    assert core.wait(80.999) == ["50.000 spo2_low unresolved unresolved medium 84<94"]
    assert core.wait(81) == ["81.000 spo2_low released unresolved high 84<85"]


def test_milder_level_is_told_first_and_the_worse_one_again() -> None:
    core = same_arm()
    start(core, 1)
    found = each_second(core, 2, 20, 93) + each_second(core, 21, 31, 84)
    assert found == [
        "17.000 spo2_low held normal medium 93<94",
        "26.000 spo2_low held normal high 84<85",
    ]
    assert core.wait(31) == []


def test_level_of_the_same_priority_as_stands_is_held_without_a_word() -> None:
    core = same_arm()
    each_second(core, 1, 12, 89)
    start(core, 13)
    assert each_second(core, 13, 60, 84) == []
    assert core.wait(73) == ["70.000 spo2_low unresolved unresolved high 84<90"]


def test_loss_while_held_raises_nothing_and_is_told_as_such() -> None:
    core = same_arm()
    start(core, 1)
    each_second(core, 2, 20, 84)
    assert core.wait(200) == ["61.000 spo2_low released normal high 84<85"]
    assert core.state.technical["oximeter_no_data"].state == "active"


def test_other_vitals_are_not_held() -> None:
    core = same_arm({**SPO2, "hr": LIMITS["hr"]})
    start(core, 1)
    core.tell(2, "oximetry", "oximeter", spo2=84, pulse_rate=135)
    core.tell(3, "oximetry", "oximeter", spo2=84, pulse_rate=135)
    assert core.wait(12) == [
        "7.000 spo2_low held normal high 84<85",
        "12.000 hr_high raised active high 135>130",
    ]


def test_typed_value_is_judged_at_once() -> None:
    core = Core(SPO2)
    core.tell(0, "placement", cuff_arm="left", probe_arm="left")
    start(core, 1)
    assert core.tell(2, "manual", "person", spo2=84) == ["2.000 spo2_low raised active high 84<85"]


def test_next_inflation_is_held_anew_after_the_first_is_over() -> None:
    core = same_arm()
    start(core, 1)
    each_second(core, 2, 10, 97)
    core.cuff(11, 120)
    start(core, 20)  # still the first
    assert core.state.squeeze.until_ms == 21_000
    each_second(core, 20, 21, 97)
    start(core, 21)
    assert core.state.squeeze.until_ms == 81_000


def test_limits_that_change_meanwhile_reach_nothing_until_it_is_over() -> None:
    core = same_arm({"spo2": {"low": {"medium": 80}}})
    core.state.fixed = False
    start(core, 1)
    core.spo2(2, 88)
    assert core.tell(3, "limits", profile={"spo2": {"low": {"high": 90}}}) == [
        "3.000 spo2_low held normal high 88<90"
    ]
    core.tell(4, "placement", probe_arm="right")
    assert core.state.tracks["spo2_low"].priority == "high"


def test_latched_condition_shows_the_value_that_is_held() -> None:
    core = same_arm()
    each_second(core, 1, 8, 80)
    each_second(core, 9, 20, 97)
    assert core.state.tracks["spo2_low"].state == "latched"
    start(core, 20)
    assert each_second(core, 21, 27, 84) == ["26.000 spo2_low held latched high 84<85"]
    assert core.tell(28, "placement", probe_arm="right") == [
        "28.000 spo2_low released latched high 84<85",
        "28.000 spo2_low raised active high 84<85",
    ]
