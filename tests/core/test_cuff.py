"""The cuff's measurement: what starts it, what ends it, what it satisfies, when it is asked for."""

from typing import Any

import pytest

from ketamon.core import alarms
from tests.core.chair import Chair

EVERY_5 = {"baseline": {"interval_min": 5}}
FAILED = "cuff_failed raised active low"


def due_at_300(*, can_start: bool = False) -> Chair:
    """A chair whose next measurement is due at 300 s."""
    chair = Chair(EVERY_5, can_start=can_start)
    chair.cuff(0, 120)
    chair.phase(0, "baseline")
    return chair


# -- what is satisfied --------------------------------------------------------------------------


def test_reading_satisfies_what_is_due() -> None:
    chair = due_at_300()
    chair.cuff(310, 121)
    assert chair.due_s == 600


def test_typed_reading_satisfies_what_is_due() -> None:
    chair = due_at_300()
    chair.typed(310)
    assert chair.due_s == 600


@pytest.mark.parametrize(("t", "due"), [(240, 600), (239.999, 300)])
def test_reading_satisfies_what_is_due_within_a_minute(t: float, due: float) -> None:
    chair = due_at_300()
    chair.cuff(t, 121)
    assert chair.due_s == due


@pytest.mark.parametrize(("t", "due"), [(105, 240), (104.999, 120)])
def test_of_a_short_interval_within_a_quarter_of_it(t: float, due: float) -> None:
    chair = Chair({"baseline": {"interval_min": 1}})
    chair.cuff(0, 120)
    chair.phase(0, "baseline")
    chair.cuff(61, 121)
    assert chair.due_s == 120
    chair.cuff(t, 122)
    assert chair.due_s == (180 if due == 240 else due)


def test_typed_reading_counts_by_when_it_was_measured() -> None:
    chair = due_at_300()
    chair.wait(620)
    chair.typed(630, measured_t=100)
    assert chair.due_s == 300
    chair.typed(640, 125, measured_t=320)
    assert chair.due_s == 600
    chair.typed(650, 130, measured_t=645)
    assert chair.due_s == 900


def test_older_reading_typed_later_takes_nothing_back() -> None:
    chair = due_at_300()
    chair.cuff(250, 121)
    chair.typed(260, measured_t=100)
    assert chair.due_s == 600


@pytest.mark.parametrize(
    "status", [["from_storage"], ["early_estimate"], ["cuff_error"], ["cuff_too_loose"]]
)
def test_reading_that_does_not_count_satisfies_nothing(status: list[str]) -> None:
    chair = due_at_300()
    chair.cuff(310, None if "cuff" in status[0] else 120, None, status=status)
    assert chair.due_s == 300


def test_skipping_satisfies_only_with_a_reason() -> None:
    chair = due_at_300()
    chair.did(310, "skipped")
    assert chair.due_s == 300
    chair.did(320, "skipped", reason="asleep")
    assert chair.due_s == 600


def test_skipping_covers_what_a_person_is_just_asked_for_and_no_later_one() -> None:
    chair = due_at_300()
    chair.did(200, "skipped", reason="asleep")
    assert chair.due_s == 300
    chair.did(270, "skipped", reason="asleep")
    assert chair.due_s == 600


# -- what is shown ------------------------------------------------------------------------------


def test_start_is_to_be_pressed_from_30_s_before_due_until_it_is_taken() -> None:
    chair = due_at_300()
    flow = chair.state.cuff
    assert flow.now(269_999).state == "idle"
    assert flow.now(270_000).state == "press_start"
    assert flow.now(900_000).state == "press_start"
    chair.did(310, "started")
    assert (chair.now.state, chair.now.since_ms) == ("measuring", 310_000)
    chair.cuff(340, 121)
    assert (chair.now.state, chair.now.due_ms) == ("idle", 600_000)


def test_cuff_that_we_can_start_asks_no_person() -> None:
    assert due_at_300(can_start=True).state.cuff.now(299_000).state == "idle"


def test_session_without_cuff_or_schedule_shows_none() -> None:
    chair = Chair({})
    chair.cuff(0, 120)
    chair.phase(0, "dosing")
    assert not chair.state.cuff.known


# -- the measurement ----------------------------------------------------------------------------


@pytest.mark.parametrize(("how", "within"), [("started", 90), ("start", 200)])
def test_measurement_fails_when_nothing_comes_in_time(how: str, within: int) -> None:
    chair = Chair({})
    chair.did(10.5, how)
    assert chair.wait(10.5 + within - 0.001) == []
    assert chair.now.state == "measuring"
    said = "START" if how == "started" else "the start"
    at = 10.5 + within
    assert chair.wait(at) == [f"{at:.3f} {FAILED}: no reading within {within} s of {said}"]
    assert chair.now.state == "idle"
    assert chair.now.failed == f"no reading within {within} s of {said}"


@pytest.mark.parametrize("how", ["started", "start"])
def test_valid_reading_ends_it(how: str) -> None:
    chair = Chair({})
    chair.did(10, how)
    assert chair.cuff(50, 120) == []
    assert chair.now.state == "idle"
    assert chair.wait(1000) == []


def test_typed_reading_ends_one_started_by_hand_and_not_one_over_the_wire() -> None:
    for how, state in (("started", "idle"), ("start", "measuring")):
        chair = Chair({})
        chair.did(10, how)
        chair.typed(50)
        assert chair.now.state == state


def test_reading_typed_late_of_before_the_start_does_not_end_it() -> None:
    chair = Chair({})
    chair.did(100, "started")
    chair.typed(110, measured_t=50)
    assert chair.now.state == "measuring"


def test_copy_of_an_earlier_reading_does_not_end_it() -> None:
    chair = Chair({})
    chair.cuff(0, 120)
    chair.did(5, "started")
    chair.cuff(10, 120)
    assert chair.now.state == "measuring"


def test_stored_reading_neither_ends_nor_fails_it() -> None:
    chair = Chair({})
    chair.did(10, "started")
    assert chair.cuff(20, 120, status=["from_storage"]) == []
    assert chair.now.state == "measuring"


def test_failed_reading_fails_it_in_its_own_words() -> None:
    chair = Chair({})
    chair.did(10, "started")
    assert chair.failing(40) == [f"40.000 {FAILED}: cuff too loose"]


def test_impossible_number_fails_it() -> None:
    chair = Chair({})
    chair.did(10, "started")
    assert chair.cuff(40, 11647, None) == [f"40.000 {FAILED}: SYS 11647 is outside 30–300 mmHg"]


def test_failed_reading_of_a_scheduled_cuff_is_told_though_nobody_said_that_it_was_started() -> (
    None
):
    chair = due_at_300()
    assert chair.failing(305) == [f"305.000 {FAILED}: cuff too loose"]


def test_failed_reading_of_a_plain_recording_is_not() -> None:
    chair = Chair({})
    assert chair.failing(305) == []


@pytest.mark.parametrize("first", ["failed", "reading"])
def test_one_failure_that_is_told_twice_is_one_and_the_cuffs_own_words_stay(first: str) -> None:
    chair = due_at_300()
    chair.did(10, "start")
    lines = [] if first == "failed" else chair.failing(40)
    lines += chair.did(40, "failed", reason="air leak")
    lines += chair.failing(40)
    assert len(lines) == 1
    assert chair.now.failed == "air leak"
    assert chair.state.cuff.failures == 1


def test_stopped_measurement_has_not_failed() -> None:
    chair = Chair({})
    chair.did(10, "start")
    assert chair.did(20, "stop", reason="by key") == []
    assert chair.failing(21) == []  # the module's answer to the stop
    assert chair.wait(1000) == []
    assert chair.now.failed == ""


def test_reason_of_a_failure_stays_until_a_reading_of_later_than_it() -> None:
    chair = Chair({})
    chair.did(100, "started")
    chair.wait(190)
    chair.typed(200, measured_t=50)
    assert chair.now.failed
    assert chair.typed(210, 125, measured_t=150) == ["210.000 cuff_failed cleared normal low"]
    assert chair.now.failed == ""


# -- automatic starts ---------------------------------------------------------------------------


def test_start_is_asked_for_when_due_and_once() -> None:
    chair = due_at_300(can_start=True)
    chair.wait(299.999)
    assert chair.asked() == []
    chair.wait(300)
    assert chair.asked() == ["scheduled"]
    chair.did(300, "start")
    chair.wait(340)
    assert chair.asked() == []


def test_start_at_the_beginning_of_a_phase_is_asked_for_at_once() -> None:
    chair = Chair(EVERY_5, can_start=True)
    chair.phase(10, "baseline")
    assert chair.asked() == ["scheduled"]


def test_failed_start_is_asked_for_again_a_minute_later_twice_at_most() -> None:
    chair = due_at_300(can_start=True)
    found = []
    while (due := (alarms.due(chair.state) or 0) / 1000) < 600:
        chair.wait(due - 0.001)
        assert chair.asked() == []
        chair.wait(due)
        for reason in chair.asked():
            found.append((due, reason))
            chair.did(due, "start")
            chair.did(due + 20, "failed", reason="air leak")
    assert found == [(300, "scheduled"), (380, "scheduled, try 2"), (460, "scheduled, try 3")]


def test_start_that_came_to_nothing_is_asked_for_again() -> None:
    chair = due_at_300(can_start=True)
    chair.wait(300)
    chair.asked()  # and the link was not open
    chair.wait(359.999)
    assert chair.asked() == []
    chair.wait(360)
    assert chair.asked() == ["scheduled, try 2"]


def test_next_moment_of_the_schedule_may_be_asked_for_anew() -> None:
    chair = due_at_300(can_start=True)
    for t in range(300, 600):
        chair.wait(t)
    chair.asked()
    chair.wait(600)
    assert chair.asked() == ["scheduled"]


def test_no_start_is_asked_for_within_30_s_of_the_last() -> None:
    chair = due_at_300(can_start=True)
    chair.did(290, "start")
    chair.did(291, "stop")  # of the one before: what falls due later is asked for
    chair.wait(320.999)
    assert chair.asked() == []
    chair.wait(321)  # 30 s after it was let go, 31 s after it was started
    assert chair.asked() == ["scheduled"]


def test_measurement_that_runs_when_it_falls_due_is_the_one() -> None:
    chair = due_at_300(can_start=True)
    chair.did(280, "start")
    chair.wait(310)
    assert chair.asked() == []
    chair.cuff(315, 120)
    chair.wait(420)
    assert chair.asked() == []
    assert chair.due_s == 600


@pytest.mark.parametrize("by", [{"by": {"seat": "nurse"}}, {}], ids=["key", "cuff"])
def test_person_who_stops_a_measurement_is_not_overruled(by: dict[str, Any]) -> None:
    chair = due_at_300(can_start=True)
    chair.wait(300)
    chair.asked()
    chair.did(300, "start")
    chair.did(310, "stop", reason="it hurts", **by)
    chair.wait(599)
    assert chair.asked() == []
    chair.wait(600)
    assert chair.asked() == ["scheduled"]


def test_nothing_is_asked_for_that_came_about_meanwhile() -> None:
    chair = due_at_300(can_start=True)
    chair.cuff(300, 121)  # at the very moment
    assert chair.asked() == []
    assert chair.due_s == 600


def test_nobody_is_asked_for_a_cuff_that_only_a_thumb_can_start() -> None:
    chair = due_at_300()
    chair.wait(1000)
    assert chair.asked() == []


def test_nothing_is_asked_for_after_the_end() -> None:
    chair = due_at_300(can_start=True)
    chair.tell(300, "end")
    assert chair.asked() == []


def test_word_of_another_device_or_of_the_cuffs_link_changes_not_whether_it_can_be_started() -> (
    None
):
    chair = Chair(can_start=True)
    chair.tell(1, "device", "cuff", state="streaming")
    assert chair.now.can_start
    chair.tell(2, "device", "oximeter", can_start=False)
    assert chair.now.can_start
    chair.tell(3, "device", "cuff", can_start=False)
    assert not chair.now.can_start


def test_cuff_that_never_measured_is_idle_since_the_beginning() -> None:
    chair = Chair({}, can_start=True)
    assert (chair.now.state, chair.now.since_ms) == ("idle", 0)


def test_failed_reading_of_a_bound_cuff_is_told_where_nothing_is_scheduled() -> None:
    chair = Chair({}, can_start=True)
    chair.phase(0, "setup")
    assert chair.failing(40) == [f"40.000 {FAILED}: cuff too loose"]
