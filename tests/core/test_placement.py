"""A cuff that was moved: limits relative to the baseline don't count until one is locked there."""

from typing import Any

import pytest

from tests.core.session import Core

SYS: dict[str, Any] = {
    "sys": {"high": {"medium": 160}, "rise_mmhg": {"medium": 30}},
    "hr": {"rise_pct": {"medium": 50}},
}
HERE = {"cuff_arm": "left", "cuff_site": "upper_arm", "cuff_size": "M"}


def based(**placement: Any) -> Core:
    """A baseline of 100/70 with a pulse of 60, locked at 20; sys is MEDIUM from 130 on."""
    core = Core(SYS)
    if placement:
        core.tell(0, "placement", **placement)
    core.strap(0, 60)
    core.cuff(0, 100)
    core.strap(9, 60)
    core.cuff(10, 100, 71)
    core.tell(20, "baseline")
    return core


def limit(core: Core, condition: str = "sys_high") -> tuple[float, str]:
    """The limit in force and what it is relative to."""
    level = core.state.tracks[condition].runs[0].level
    return level.limit, level.basis


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        ({"cuff_arm": "right"}, "cuff moved: arm left → right"),
        ({"cuff_site": "forearm"}, "cuff moved: site upper arm → forearm"),
        ({"cuff_size": "L"}, "cuff moved: size M → L"),
        ({"cuff_arm": "right", "cuff_size": "L"}, "cuff moved: arm left → right, size M → L"),
    ],
)
def test_move_suspends_relative_limits_of_pressures_with_a_reason(
    moved: dict[str, str], words: str
) -> None:
    core = based(**HERE)
    assert limit(core) == (130, "baseline")
    core.tell(30, "placement", **moved)
    assert limit(core) == (160, "absolute")
    assert core.state.placed.suspended("sys") == words
    assert core.cuff(40, 140) == []
    assert core.cuff(50, 161) == ["50.000 sys_high raised active medium 161>160"]
    assert limit(core, "hr_high") == (90, "baseline")


@pytest.mark.parametrize("what", [{"probe_arm": "right"}, {"line_arm": "left"}, HERE])
def test_other_things_that_move_suspend_nothing(what: dict[str, str]) -> None:
    core = based(**HERE)
    core.tell(30, "placement", **what)
    assert limit(core) == (130, "baseline")
    assert core.state.placed.suspended("sys") == ""


def test_level_that_is_only_relative_is_gone_and_its_alarm_cleared_by_limits() -> None:
    core = Core({"sys": {"rise_mmhg": {"medium": 30}}})
    core.tell(0, "placement", **HERE)
    for t in (0, 10):
        core.cuff(t, 100 + t / 10)
    core.tell(20, "baseline")
    core.cuff(30, 140)
    assert core.tell(40, "placement", cuff_arm="right") == [
        "40.000 sys_high cleared normal medium 140>130.5 baseline (limits)"
    ]


def test_baseline_locked_there_counts_only_what_was_measured_there() -> None:
    core = based(**HERE)
    core.tell(30, "placement", cuff_arm="right")
    core.cuff(40, 110)
    core.tell(50, "baseline")
    assert limit(core) == (160, "absolute")
    core.cuff(60, 112)
    core.tell(70, "baseline")
    assert limit(core) == (141, "baseline")
    assert core.state.placed.suspended("sys") == ""


def test_back_at_the_old_place_relative_limits_count_again() -> None:
    core = based(**HERE)
    core.tell(30, "placement", cuff_arm="right")
    core.cuff(40, 131)
    assert core.tell(50, "placement", cuff_arm="left") == [
        "50.000 sys_high raised active medium 131>130 baseline"
    ]


def test_what_is_said_for_the_first_time_was_so_all_along() -> None:
    core = based()
    core.tell(30, "placement", cuff_arm="left")
    assert limit(core) == (130, "baseline")
    core.tell(40, "placement", cuff_arm="right")
    assert limit(core) == (160, "absolute")
    core.tell(50, "placement", cuff_size="M")
    core.tell(60, "placement", cuff_arm="left")
    assert limit(core) == (130, "baseline")
    core.tell(70, "baseline")
    assert limit(core) == (130, "baseline")


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, 0),
        ({"cuff_arm": "left"}, 0),
        ({"cuff_arm": "left", "probe_arm": "right", "line_arm": "right"}, 0),
        ({"cuff_arm": "left", "probe_arm": "left"}, 1),
        ({"cuff_arm": "left", "line_arm": "left"}, 1),
        ({"cuff_arm": "left", "probe_arm": "left", "line_arm": "left"}, 2),
        ({"cuff_arm": "left", "probe_arm": "left", "cuff_site": "leg"}, 0),
    ],
)
def test_arms_that_disturb_each_other_are_told(where: dict[str, str], found: int) -> None:
    core = Core({})
    core.tell(0, "placement", **where)
    assert len(core.state.placed.conflicts()) == found
