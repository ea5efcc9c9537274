"""An irregular pulse: a baseline of three, two repeats, the median decides, a single HIGH is HIGH."""

from typing import Any

import pytest

from ketamon.core.rhythm import median
from tests.core.session import LIMITS, Core

SYS: dict[str, Any] = {"sys": LIMITS["sys"], "dia": {"high": {"medium": 100, "high": 110}}}


def irregular(limits: dict[str, Any] | None = None) -> Core:
    """A core that was told of it."""
    core = Core(SYS if limits is None else limits)
    core.tell(0, "rhythm", irregular=True)
    return core


def readings(core: Core, *values: float, since: float = 60, every: float = 60) -> list[str]:
    """Cuff readings one after the other; the lines that came, but for nobody's answering."""
    found = []
    for count, value in enumerate(values):
        found += core.cuff(since + count * every, value)
    return [line for line in found if " unanswered " not in line]


@pytest.mark.parametrize(
    ("values", "lines"),
    [
        ((165, 141, 171), ["180.000 sys_high raised active medium 165>160 (median of 3)"]),
        ((165, 141, 150), []),
        ((165, 170, 161), ["180.000 sys_high raised active medium 165>160 (median of 3)"]),
        ((120, 165, 141, 171), ["240.000 sys_high raised active medium 165>160 (median of 3)"]),
        ((85, 120, 88), ["180.000 sys_low raised active medium 88<90 (median of 3)"]),
        ((85, 165, 120), []),
        ((120, 121, 122, 123), []),
    ],
)
def test_median_of_three_decides_medium(values: tuple[float, ...], lines: list[str]) -> None:
    assert readings(irregular(), *values) == lines


def test_one_reading_beyond_high_is_high_at_once_and_the_median_of_it_and_two_more_ends_it() -> (
    None
):
    core = irregular()
    assert readings(core, 185) == ["60.000 sys_high raised active high 185>180"]
    assert readings(core, 150, since=120) == []
    assert readings(core, 150, since=180) == [
        "180.000 sys_high latched latched high 185>180 (median of 3)"
    ]


def test_high_reading_among_the_three_is_high_at_once_and_the_first_of_three_more() -> None:
    core = irregular()
    assert readings(core, 165, 185) == ["120.000 sys_high raised active high 185>180"]
    assert readings(core, 141, since=180) == []
    assert readings(core, 165, since=240) == [
        "240.000 sys_high deescalated active medium 165>160 (median of 3)"
    ]


def test_reading_that_agrees_with_what_stands_is_judged_alone() -> None:
    core = irregular()
    readings(core, 165, 166, 167)
    assert readings(core, 170, since=300) == ["300.000 sys_high confirmed active medium 170>160"]
    assert readings(core, 171, since=360) == [
        "360.000 sys_high reading_flagged active medium 171>160"
    ]


def test_medium_ends_by_the_median_too() -> None:
    core = irregular()
    readings(core, 165, 166, 167)
    assert readings(core, 141, 171, since=300) == []
    assert readings(core, 140, since=420) == [
        "420.000 sys_high cleared normal medium 141>160 (median of 3)"
    ]


def test_reading_within_a_minute_of_the_one_before_is_none_of_the_three() -> None:
    core = irregular()
    assert readings(core, 165, 165, 165, 165, every=59.999) == []  # the third counts as second
    assert core.cuff(330, 165) == ["330.000 sys_high raised active medium 165>160 (median of 3)"]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ((165,), "360.000 sys_high raised active medium 165>160"),
        ((165, 141), "360.000 sys_high raised active medium 165>160 (median of 2)"),
        ((141, 165), "420.000 sys_high raised active medium 165>160"),
    ],
)
def test_repeats_that_do_not_come_within_five_minutes_leave_it_to_those_that_came(
    values: tuple[float, ...], line: str
) -> None:
    core = irregular()
    readings(core, *values)
    at = float(line.split(maxsplit=1)[0])
    assert core.wait(at - 0.001) == []
    assert core.wait(at) == [line]
    assert core.wait(at + 100) == []


def test_late_decision_confirms_nothing() -> None:
    core = irregular()
    readings(core, 185)
    assert core.wait(150) == []
    assert core.wait(400) == ["180.000 sys_high unanswered active high 185>180"]


def test_each_pressure_has_its_own_median() -> None:
    core = irregular()
    found = []
    for t, (systolic, diastolic) in zip(
        (60, 120, 180), ((165, 90), (140, 105), (170, 104)), strict=True
    ):
        found += core.cuff(t, systolic, diastolic)
    assert found == [
        "180.000 sys_high raised active medium 165>160 (median of 3)",
        "180.000 dia_high raised active medium 104>100 (median of 3)",
    ]


def test_limits_judge_what_decided_last_and_a_high_reading_alone() -> None:
    core = irregular()
    core.state.fixed = False
    readings(core, 150, 165)
    assert core.tell(130, "limits", profile={"sys": {"high": {"medium": 155, "high": 166}}}) == []
    assert core.tell(140, "limits", profile={"sys": {"high": {"medium": 149, "high": 166}}}) == [
        "140.000 sys_high raised active medium 150>149"
    ]
    assert core.tell(150, "limits", profile={"sys": {"high": {"medium": 149, "high": 164}}}) == [
        "150.000 sys_high escalated active high 165>164"
    ]


def test_first_reading_of_all_waits_through_a_change_of_limits() -> None:
    core = irregular()
    core.state.fixed = False
    readings(core, 165)
    assert core.tell(70, "limits", profile={"sys": {"high": {"medium": 155}}}) == []


def test_when_it_is_regular_again_the_newest_reading_is_judged() -> None:
    core = irregular()
    readings(core, 120, 165)
    assert core.tell(130, "rhythm", irregular=False) == [
        "130.000 sys_high raised active medium 165>160"
    ]
    assert core.wait(1000)[:1] == ["250.000 sys_high unanswered active medium 165>160"]


def test_acknowledged_alarm_comes_again_when_the_median_is_worse_by_much() -> None:
    core = irregular({"sys": {"high": {"medium": 140}}})
    readings(core, 145, 145, 145)
    core.acknowledge(190)
    assert readings(core, 159, since=240) == [
        "240.000 sys_high confirmed acknowledged medium 159>140"
    ]
    assert readings(core, 160, since=300) == ["300.000 sys_high realarmed active medium 160>140"]


def test_baseline_takes_three() -> None:
    core = irregular({"sys": {"rise_mmhg": {"medium": 30}}})
    readings(core, 100, 110)
    core.tell(150, "baseline")
    assert core.state.baseline == {}
    readings(core, 120, since=180)
    core.tell(190, "baseline")
    assert core.state.baseline["sys"] == 110


def test_it_is_proposed_after_two_readings_that_say_so_until_somebody_answers() -> None:
    core = Core(SYS)
    word = {"status": ["irregular_pulse"]}
    core.cuff(0, 120, **word)
    core.cuff(5, 120, **word)  # a copy
    assert not core.state.rhythm.proposed
    core.cuff(60, 121, **word)
    assert core.state.rhythm.proposed
    core.tell(61, "rhythm", irregular=False)
    assert not core.state.rhythm.proposed
    core.cuff(120, 121, **word)
    core.cuff(180, 122, **word)
    core.tell(181, "rhythm", irregular=True)
    assert not core.state.rhythm.proposed


def test_mean_that_is_missing_in_some_of_the_three_is_decided_by_the_others() -> None:
    core = irregular({"sys": {"high": {"medium": 160}}, "map": {"high": {"medium": 120}}})
    core.cuff(60, 165, 80, mean=125)
    core.cuff(120, 150, 80)
    assert core.cuff(180, 150, 80) == ["180.000 map_high raised active medium 125>120"]


@pytest.mark.parametrize(
    ("values", "high", "low"),
    [([1], 1, 1), ([1, 2], 2, 1), ([3, 1, 2], 2, 2), ([4, 1, 3, 2], 3, 2)],
)
def test_median_of_an_even_number_is_the_worse_of_two(
    values: list[int | float], high: int, low: int
) -> None:
    assert median(values, high=True) == high
    assert median(values, high=False) == low
