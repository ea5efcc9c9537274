"""When the cuff is due: by every kind of plan, and by the profiles that ship."""

from itertools import takewhile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketamon.core.schedule import Slot, plan_of
from ketamon.profiles import FOLDER, load_profile
from tests.core.chair import Chair

MINUTE = 60_000


def minutes(given: dict[str, Any], start_ms: int, after_ms: int, until_ms: int) -> list[float]:
    """All moments of a plan in a span, in minutes since its start."""
    plan = plan_of(given)
    assert plan is not None
    found = []
    slot = plan.first_after(start_ms, after_ms)
    while slot is not None and slot.t <= until_ms:
        found.append((slot.t - start_ms) / MINUTE)
        slot = plan.first_after(start_ms, slot.t)
    return found


def shipped(name: str) -> dict[str, Any]:
    """The schedule of a profile that ships."""
    path = next(path for path in FOLDER.iterdir() if path.name == f"{name}.toml")
    return dict(load_profile(path).schedule)


def test_interval_begins_at_the_start_and_goes_on_for_ever() -> None:
    assert minutes({"interval_min": 10}, 0, -1, 35 * MINUTE) == [0, 10, 20, 30]


def test_dense_beginning_lasts_as_long_as_it_fits() -> None:
    first = {"minutes": 12, "interval_min": 5}
    given = {"interval_min": 10, "first": first}
    assert minutes(given, 0, 0, 45 * MINUTE) == [5, 10, 20, 30, 40]


def test_listed_minutes_come_once_each_and_end() -> None:
    assert minutes({"at_min": [0, 5, 7.5, 60]}, 1000, 999, 10**9) == [0, 5, 7.5, 60]


def test_reading_counts_early_by_a_quarter_of_the_interval_and_a_minute_at_most() -> None:
    plan = plan_of({"interval_min": 2})
    long = plan_of({"interval_min": 30})
    listed = plan_of({"at_min": [0, 2, 10]})
    assert plan is not None
    assert long is not None
    assert listed is not None
    assert plan.first_after(0, 0) == Slot(2 * MINUTE, 30_000)
    assert long.first_after(0, 0) == Slot(30 * MINUTE, 60_000)
    assert [listed.first_after(0, t) for t in (0, 2 * MINUTE)] == [
        Slot(2 * MINUTE, 30_000),
        Slot(10 * MINUTE, 60_000),
    ]


@given(
    st.integers(1, 30),
    st.one_of(st.none(), st.tuples(st.integers(1, 40), st.integers(1, 20))),
    st.integers(-5000, 5_000_000),
)
def test_first_after_is_the_first_of_all_that_is_later(
    every: int, first: tuple[int, int] | None, after_ms: int
) -> None:
    given: dict[str, Any] = {"interval_min": every}
    offsets = [0]
    if first is not None:
        given["first"] = {"minutes": first[0], "interval_min": first[1]}
        offsets += takewhile(lambda m: m <= first[0], (first[1] * k for k in range(1, 41)))
    while offsets[-1] * MINUTE <= after_ms:
        offsets.append(offsets[-1] + every)
    plan = plan_of(given)
    assert plan is not None
    slot = plan.first_after(7, after_ms + 7)
    assert slot is not None
    assert slot.t == 7 + next(m * MINUTE for m in offsets if m * MINUTE > after_ms)


# -- the profiles that ship ---------------------------------------------------------------------


def test_iv_infusion_is_due_at_5_and_10_and_then_every_10_minutes() -> None:
    chair = Chair(shipped("iv_adult"))
    chair.phase(0, "baseline")
    assert chair.due_times(12) == [0, 5, 10]
    chair.phase(14 * 60, "dosing")
    assert chair.due_times(14 + 42) == [14 + m for m in (5, 10, 20, 30, 40)]
    chair.phase(56 * 60, "recovery")
    assert chair.due_times(56 + 50) == [56 + m for m in (15, 30, 45)]


def test_iv_infusion_without_a_fresh_reading_is_due_at_its_start_too() -> None:
    chair = Chair(shipped("iv_adult"))
    chair.phase(0, "dosing")
    assert chair.due_times(42) == [0, 5, 10, 20, 30, 40]


def test_im_injection_is_due_by_minutes_from_the_dose_and_anew_after_a_booster() -> None:
    chair = Chair(shipped("im_adult"))
    chair.tell(90, "dose", event="dose.im")
    chair.phase(100, "dosing")
    assert chair.due_times(1.5 + 15) == [1.5 + m for m in (5, 10, 15)]
    chair.tell(18 * 60, "dose", event="dose.im")
    assert chair.due_times(18 + 90) == [18 + m for m in (5, 10, 15, 20, 30, 45, 60)]
    assert chair.due_s is None


def test_nasal_spray_counts_from_its_first_device() -> None:
    chair = Chair(shipped("nasal_adult"))
    chair.phase(0, "baseline")
    assert chair.due_times(10) == [0, 10]
    chair.phase(12 * 60, "dosing")
    chair.tell(13 * 60, "dose", event="dose.nasal")
    chair.tell(18 * 60, "dose", event="dose.nasal")
    assert chair.due_times(13 + 200) == [13 + m for m in (10, 20, 30, 40, 60, 80, 100, 120)]


@pytest.mark.parametrize("name", ["iv_adult", "im_adult", "nasal_adult", "lozenge_adult"])
def test_every_scheduled_phase_of_every_profile_has_a_next_moment(name: str) -> None:
    for phase in ("baseline", "dosing", "recovery"):
        chair = Chair(shipped(name))
        chair.phase(30, phase)
        assert chair.due_s is not None


# -- phases, events, limits ---------------------------------------------------------------------


@pytest.mark.parametrize("phase", ["setup", "ended", "something"])
def test_nothing_is_due_in_a_phase_without_a_schedule(phase: str) -> None:
    chair = Chair()
    chair.phase(0, "baseline")
    chair.phase(10, phase)
    assert chair.due_s is None
    assert chair.wait(10_000) == []


def test_nothing_falls_due_after_the_end() -> None:
    chair = Chair()
    chair.phase(0, "baseline")
    chair.tell(10, "end")
    assert chair.wait(10_000) == []


@pytest.mark.parametrize("at", [0, 299, 300])
def test_reading_of_up_to_one_interval_before_the_phase_spares_its_start(at: float) -> None:
    chair = Chair({"baseline": {"interval_min": 5}})
    chair.cuff(at, 120)
    assert chair.phase(300, "baseline") == []
    assert chair.due_s == 600


def test_reading_of_more_than_one_interval_before_the_phase_does_not() -> None:
    chair = Chair({"baseline": {"interval_min": 5}})
    chair.cuff(0, 120)
    chair.phase(300.001, "baseline")
    assert chair.due_s == 300.001


def test_what_is_due_stays_due_through_a_change_of_phase() -> None:
    chair = Chair()
    chair.phase(0, "baseline")
    chair.phase(60, "dosing")
    assert chair.due_s == 0
    assert chair.wait(120) == [
        "120.000 bp_overdue raised active low: no reading 2 min after it was due"
    ]


def test_event_that_the_plan_waits_for_is_replaced_by_the_phase_until_it_comes() -> None:
    chair = Chair({"dosing": {"at_min": [5, 10], "from": "dose"}})
    chair.phase(0, "dosing")
    assert chair.due_s == 300
    chair.tell(60, "dose", event="dose.im")
    assert chair.due_s == 360


def test_dose_of_an_earlier_course_is_not_counted_from() -> None:
    chair = Chair({"dosing": {"at_min": [5, 10], "from": "dose"}, "recovery": {"interval_min": 15}})
    chair.phase(0, "dosing")
    chair.tell(0, "dose", event="dose.im")
    chair.phase(400, "recovery")
    chair.cuff(410, 120)
    chair.phase(3000, "dosing")
    assert chair.due_s == 400 + 15 * 60  # missed in recovery
    chair.cuff(3001, 120)
    assert chair.due_s == 3000 + 300


@pytest.mark.parametrize("event", ["dose.iv_stop", "dose.iv_rate", "dose.iv_complete"])
def test_how_an_infusion_goes_on_is_no_dose(event: str) -> None:
    chair = Chair({"dosing": {"at_min": [5, 10], "restart_on": "dose"}})
    chair.phase(0, "dosing")
    chair.tell(60, "dose", event=event)
    assert chair.due_s == 300


def test_plan_may_name_one_event_alone() -> None:
    chair = Chair({"dosing": {"at_min": [5], "restart_on": "dose.bolus"}})
    chair.phase(0, "dosing")
    chair.tell(60, "dose", event="dose.im")
    assert chair.due_s == 300
    chair.tell(90, "dose", event="dose.bolus")
    assert chair.due_s == 390


def test_other_limits_with_the_same_schedule_move_nothing() -> None:
    chair = Chair()
    chair.state.fixed = False
    chair.phase(0, "baseline")
    chair.cuff(5, 120)
    profile = {"cuff": {"schedule": {"baseline": {"interval_min": 5}}}, "dia": {}}
    chair.tell(130, "limits", profile=profile)
    chair.tell(140, "baseline")
    assert chair.due_s == 300


def test_same_schedule_again_does_not_count_from_a_later_dose() -> None:
    schedule = {"dosing": {"at_min": [5, 10], "from": "dose"}}
    chair = Chair(schedule)
    chair.state.fixed = False
    chair.phase(0, "dosing")
    chair.tell(60, "dose", event="dose.nasal")
    chair.tell(200, "dose", event="dose.nasal")
    chair.tell(210, "limits", profile={"cuff": {"schedule": schedule}})
    assert chair.due_s == 360


def test_other_schedule_counts_from_the_phase_and_asks_for_nothing_of_before() -> None:
    chair = Chair()
    chair.state.fixed = False
    chair.phase(0, "baseline")
    chair.cuff(5, 120)
    chair.tell(130, "limits", profile={"cuff": {"schedule": {"baseline": {"interval_min": 2}}}})
    assert chair.due_s == 240


def test_schedule_that_is_taken_away_ends_what_is_overdue() -> None:
    chair = Chair()
    chair.state.fixed = False
    chair.phase(0, "baseline")
    chair.wait(130)
    assert chair.tell(140, "limits", profile={}) == ["140.000 bp_overdue cleared normal low"]
    assert chair.due_s is None
