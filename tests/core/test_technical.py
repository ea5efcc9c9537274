"""Technical conditions: raised, told, answered and ended by the one state table."""

import json
from dataclasses import replace
from typing import Any

import pytest

from ketamon.core import alarms
from ketamon.core.technical import TechnicalTrack
from ketamon.entries import Entry, decode
from ketamon.vitals import CONDITIONS, PRIORITY_RANK, TECHNICAL
from tests.core.chair import Chair
from tests.core.session import LIMITS

EVERY_5 = {"baseline": {"interval_min": 5}, "dosing": {"interval_min": 5}}
LATE_2 = "no reading 2 min after it was due"
LATE_5 = "no reading 5 min after it was due"


def due_at_once(*, can_start: bool = False) -> Chair:
    """A chair where a reading is due at 0."""
    chair = Chair(EVERY_5, can_start=can_start)
    chair.phase(0, "baseline")
    return chair


def test_names_are_of_one_table_each_and_levels_rise() -> None:
    assert not TECHNICAL.keys() & CONDITIONS.keys()
    for name, condition in TECHNICAL.items():
        assert name == condition.name
        for side in zip(*condition.priorities, strict=True):
            ranks = [PRIORITY_RANK[priority] for priority in side]
            assert ranks == sorted(ranks)


def test_line_carries_neither_value_nor_limit() -> None:
    chair = Chair({})
    chair.did(0, "started")
    line = json.loads(alarms.advance(chair.state, 90_000)[0].line)
    assert line["condition"] == "cuff_failed"
    assert (line["value"], line["limit"], line["basis"]) == (None, None, None)


# -- cuff_failed --------------------------------------------------------------------------------


def test_second_failure_in_a_row_is_medium_and_a_third_is_told_as_a_repetition() -> None:
    chair = Chair({})
    chair.did(0, "failed", reason="air leak")
    assert chair.did(60, "failed", reason="air leak") == [
        "60.000 cuff_failed escalated active medium: air leak"
    ]
    assert chair.did(120, "failed", reason="motion") == [
        "120.000 cuff_failed reading_flagged active medium: motion"
    ]


def test_reading_ends_it_and_the_next_failure_is_a_first_one() -> None:
    chair = Chair({})
    chair.did(0, "failed", reason="air leak")
    chair.did(60, "failed", reason="air leak")
    assert chair.cuff(100, 120) == ["100.000 cuff_failed cleared normal medium"]
    assert chair.did(160, "failed", reason="x") == ["160.000 cuff_failed raised active low: x"]


def test_skipping_does_not_end_it() -> None:
    chair = Chair({})
    chair.did(0, "failed", reason="air leak")
    assert chair.did(60, "skipped", reason="asleep") == []


# -- bp_overdue ---------------------------------------------------------------------------------


def test_overdue_is_low_and_then_medium_at_the_exact_moments() -> None:
    chair = due_at_once()
    assert chair.wait(119.999) == []
    assert chair.wait(120) == [f"120.000 bp_overdue raised active low: {LATE_2}"]
    assert chair.wait(299.999) == ["240.000 bp_overdue unanswered active low"]
    assert chair.wait(300) == [f"300.000 bp_overdue escalated active medium: {LATE_5}"]
    assert chair.cuff(301, 120) == ["301.000 bp_overdue cleared normal medium"]


def test_skipped_with_a_reason_ends_it() -> None:
    chair = due_at_once()
    chair.wait(130)
    assert chair.did(140, "skipped", reason="asleep") == ["140.000 bp_overdue cleared normal low"]


def test_failed_measurement_does_not_end_it() -> None:
    chair = due_at_once()
    chair.wait(130)
    assert chair.failing(140) == ["140.000 cuff_failed raised active low: cuff too loose"]


def test_older_typed_reading_leaves_what_was_missed_since() -> None:
    chair = due_at_once()
    chair.wait(720)
    assert chair.state.technical["bp_overdue"].priority == "medium"
    # the oldest that is missed is now of 600 s, two minutes ago
    assert chair.typed(720, measured_t=310) == [
        f"720.000 bp_overdue deescalated active low: {LATE_2}"
    ]


def test_phase_without_a_schedule_ends_it() -> None:
    chair = due_at_once()
    chair.wait(130)
    assert chair.phase(140, "ended") == ["140.000 bp_overdue cleared normal low"]


def test_profile_sets_how_late_is_overdue() -> None:
    chair = due_at_once()
    chair.state.fixed = False
    given = {"schedule": EVERY_5, "overdue_min": {"low": 1, "medium": 1}}
    assert chair.tell(70, "limits", profile={"cuff": given}) == [
        "70.000 bp_overdue raised active medium: no reading 1 min after it was due"
    ]


# -- cuff_inflated ------------------------------------------------------------------------------


def test_inflated_cuff_is_high_until_acknowledged() -> None:
    chair = Chair({})
    chair.did(0, "start")
    assert chair.did(180, "inflated", reason="over 180 s") == [
        "180.000 cuff_inflated raised active high: over 180 s"
    ]
    assert chair.cuff(250, 120) == []
    assert chair.wait(301) == ["300.000 cuff_inflated unanswered active high"]
    assert chair.acknowledge(310, by={"seat": "physician"}) == [
        "310.000 cuff_inflated seen active high"
    ]
    assert chair.acknowledge(320) == [
        "320.000 cuff_inflated acknowledged acknowledged high",
        "320.000 cuff_inflated cleared normal high",
    ]


def test_no_start_is_asked_for_while_nobody_has_looked_at_an_inflated_cuff() -> None:
    chair = due_at_once(can_start=True)
    assert chair.asked() == ["scheduled"]
    chair.did(0, "start")
    chair.did(180, "inflated")
    chair.wait(310)
    assert chair.asked() == []
    chair.acknowledge(400, condition="cuff_inflated")
    assert chair.asked() == ["scheduled"]  # what has fallen due since


# -- record_failing -----------------------------------------------------------------------------


def test_record_that_fails_is_low_and_high_eight_seconds_later() -> None:
    chair = Chair({})
    assert chair.tell(10, "fault", what="record", detail="failing") == [
        "10.000 record_failing raised active low"
    ]
    assert chair.wait(17.999) == []
    assert chair.wait(18) == ["18.000 record_failing escalated active high"]


def test_record_that_is_told_to_fail_for_long_is_high_at_once() -> None:
    chair = Chair({})
    chair.tell(10, "fault", what="record", detail="failing")
    assert chair.tell(12, "fault", what="record", detail="failing_long") == [
        "12.000 record_failing escalated active high"
    ]
    assert chair.wait(100) == []


def test_record_that_is_told_to_fail_again_has_failed_since_the_first() -> None:
    chair = Chair({})
    chair.tell(10, "fault", what="record", detail="failing")
    chair.tell(15, "fault", what="record", detail="failing")
    assert chair.wait(18) == ["18.000 record_failing escalated active high"]


def test_record_that_is_back_ends_it_and_a_high_one_is_latched() -> None:
    chair = Chair({})
    chair.tell(10, "fault", what="record", detail="failing")
    assert chair.tell(12, "fault", what="record", detail="back") == [
        "12.000 record_failing cleared normal low"
    ]
    chair.tell(20, "fault", what="record", detail="failing")
    chair.wait(30)
    assert chair.tell(31, "fault", what="record", detail="back") == [
        "31.000 record_failing latched latched high"
    ]
    assert chair.acknowledge(40) == ["40.000 record_failing acknowledged normal high"]


def test_latched_one_that_comes_again_is_raised_and_latches_again() -> None:
    chair = Chair({})
    for t, detail in ((0, "failing"), (10, "failing_long"), (20, "back")):
        chair.tell(t, "fault", what="record", detail=detail)
    assert chair.tell(30, "fault", what="record", detail="failing") == [
        "30.000 record_failing raised active low"
    ]
    assert chair.tell(31, "fault", what="record", detail="back") == [
        "31.000 record_failing latched latched high"
    ]


def test_other_faults_raise_nothing() -> None:
    chair = Chair({})
    assert chair.tell(10, "fault", what="clock", detail="failing") == []


# -- by the one table ---------------------------------------------------------------------------


def test_acknowledged_one_ends_without_a_latch_and_rises_to_active() -> None:
    chair = due_at_once()
    chair.wait(130)
    assert chair.acknowledge(140) == ["140.000 bp_overdue acknowledged acknowledged low"]
    assert chair.wait(301) == [f"300.000 bp_overdue escalated active medium: {LATE_5}"]


def test_acknowledgement_covers_nothing_later_than_what_was_drawn() -> None:
    chair = due_at_once()
    chair.wait(130)
    drawn = chair.state.seq
    chair.wait(301)
    assert chair.acknowledge(302, up_to_seq=drawn) == []
    assert chair.acknowledge(303, up_to_seq=chair.state.seq) == [
        "303.000 bp_overdue acknowledged acknowledged medium"
    ]


def test_acknowledging_one_condition_leaves_the_others() -> None:
    chair = due_at_once()
    chair.wait(130)
    chair.did(131, "failed", reason="air leak")
    assert chair.acknowledge(140, condition="cuff_failed") == [
        "140.000 cuff_failed acknowledged acknowledged low"
    ]


def test_lines_of_one_entry_are_the_patients_first_and_then_these_by_their_table() -> None:
    chair = Chair()
    chair.state = alarms.start()
    schedule = {"cuff": {"schedule": EVERY_5}}
    chair.tell(0, "limits", profile={**LIMITS, **schedule})
    chair.phase(0, "baseline")
    chair.did(100, "failed", reason="air leak")
    chair.wait(130)
    assert [line.split()[1:3] for line in chair.cuff(140, 172)] == [
        ["sys_high", "raised"],
        ["cuff_failed", "cleared"],
        ["bp_overdue", "cleared"],
    ]


def test_due_at_one_moment_are_the_patients_first_and_then_these_unanswered_last() -> None:
    chair = Chair()
    chair.state = alarms.start()
    profile = {"cuff": {"schedule": EVERY_5}, "alarm": {"escalate_s": 60}, **LIMITS}
    chair.tell(0, "limits", profile=profile)
    chair.phase(0, "baseline")
    chair.did(30, "started")
    chair.tell(52, "fault", what="record", detail="failing")
    chair.strap(104.9, 80)
    for t in (105, 110, 115):
        chair.strap(t, 115)  # reaches its level at 120
    lines = chair.wait(120)
    assert [line.split()[0:3] for line in lines] == [
        ["120.000", "hr_high", "raised"],
        ["120.000", "cuff_failed", "raised"],
        ["120.000", "bp_overdue", "raised"],
        ["120.000", "record_failing", "unanswered"],
    ]


def test_due_is_the_soonest_of_both() -> None:
    chair = Chair({})
    chair.did(0, "started")
    chair.strap(85, 80)  # lost at 95
    assert alarms.due(chair.state) == 90_000
    chair.wait(90)
    assert alarms.due(chair.state) == 95_000


def test_priority_follows_the_phase_of_each_moment() -> None:
    worse_dosing = replace(TECHNICAL["cuff_failed"], priorities=(("medium", "low"),) * 2)
    chair = Chair({})
    chair.state.technical["cuff_failed"] = TechnicalTrack(worse_dosing, chair.state.lines)
    chair.did(0, "failed", reason="air leak")
    chair.acknowledge(1)
    assert chair.phase(10, "dosing") == ["10.000 cuff_failed escalated active medium: air leak"]
    assert chair.phase(20, "recovery") == ["20.000 cuff_failed deescalated active low: air leak"]


@pytest.mark.parametrize("kind", ["phase", "dose", "note", "device", "blood_pressure"])
def test_recording_without_cuff_fault_or_schedule_has_no_technical_line(kind: str) -> None:
    state = alarms.start()
    bodies: dict[str, dict[str, Any]] = {
        "phase": {"phase": "dosing"},
        "device": {"device": "cuff", "can_start": True},
        "blood_pressure": {"device": "cuff", "systolic": None, "status": ["cuff_error"]},
    }
    line = json.dumps({"t": 5, "kind": kind, **bodies.get(kind, {})}).encode()
    out: list[Entry] = alarms.step(state, decode(line)) + alarms.advance(state, 10**8)
    assert out == []
