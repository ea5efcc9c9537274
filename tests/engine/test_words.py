"""Entries in words: what a nurse reads in the event list, one kind a line."""

import json
from typing import Any

import pytest

from ketamon.engine.words import describe
from ketamon.entries import decode
from ketamon.vitals import TECHNICAL, TechnicalCondition


def said(kind: str, device: str | None = None, **body: Any) -> str | None:
    """What an entry at 100 s is in words."""
    line = {"t": 100, "kind": kind, **({"device": device} if device else {}), **body}
    event = describe(decode(json.dumps(line).encode(), 7))
    return None if event is None else event.text


def alarm(condition: str, change: str, **more: Any) -> str | None:
    """What a technical alarm line is in words."""
    rest = {"state": "active", "priority": "low", **more}
    return said("alarm", condition=condition, change=change, **rest)


@pytest.mark.parametrize(
    ("action", "reason", "words"),
    [
        ("start", "scheduled", "cuff started: scheduled"),
        ("start", None, "cuff started"),
        ("started", None, "START pressed on the cuff"),
        ("stop", "by key", "cuff stopped: by key"),
        ("failed", "air leak", "cuff failed: air leak"),
        ("skipped", "asleep", "BP skipped: asleep"),
        ("inflated", "over 180 s", "cuff stood inflated and was told to let go: over 180 s"),
        ("calibrated", None, "cuff calibrated"),
    ],
)
def test_cuff_says_what_was_done(action: str, reason: str | None, words: str) -> None:
    assert said("cuff", "cuff", action=action, reason=reason) == words


@pytest.mark.parametrize(
    ("change", "reason", "words"),
    [
        (
            "raised",
            "no reading within 90 s of START",
            "CUFF FAILED: no reading within 90 s of START",
        ),
        ("escalated", "air leak", "CUFF FAILED worse: air leak"),
        ("reading_flagged", "air leak", "CUFF FAILED again: air leak"),
        ("cleared", None, "CUFF FAILED cleared"),
        ("acknowledged", None, "CUFF FAILED acknowledged"),
    ],
)
def test_technical_alarm_says_why_and_no_number(
    change: str, reason: str | None, words: str
) -> None:
    assert alarm("cuff_failed", change, **({"reason": reason} if reason else {})) == words


def test_overdue_alarm_says_how_late() -> None:
    late = "no reading 2 min after it was due"
    assert alarm("bp_overdue", "raised", reason=late) == f"BP OVERDUE: {late}"


@pytest.mark.parametrize(
    ("what", "detail", "words"),
    [
        ("record", "failing", "entries wait to be recorded"),
        ("record", "failing_long", "entries wait for long to be recorded"),
        ("record", "back", "all is recorded again"),
        ("clock", "stepped 3 s", "clock stepped 3 s"),
        ("clock", "back", "the clock is right again"),
        ("audio", "failing", "no sound can be given"),
        ("screen", "lost", "no nurse's screen draws"),
        ("screen", "back", "a nurse's screen draws again"),
        ("host", "slept", "host slept"),
        (None, None, "fault"),
    ],
)
def test_fault_says_what_went_wrong(what: str | None, detail: str | None, words: str) -> None:
    assert said("fault", what=what, detail=detail) == words


def test_gap_says_how_long_and_why() -> None:
    assert said("gap", since_t=97.4, reason="the engine was restarted") == (
        "nothing was recorded for 3 s: the engine was restarted"
    )
    assert said("gap") == "nothing was recorded for a while"


def test_device_says_why_it_is_lost_or_silent_and_nothing_when_all_is_well() -> None:
    assert said("device", "cuff", state="lost", reason="unplugged") == "cuff lost: unplugged"
    assert said("device", "oximeter", state="silent") == "oximeter silent"
    assert said("device", "cuff", state="streaming") is None


def test_words_of_devices_and_people_are_stripped_of_control_characters() -> None:
    text = said("cuff", "cuff", action="failed", reason="\x1b[2Jair leak")
    assert text is not None
    assert "\x1b" not in text


def test_fault_says_how_much_and_who() -> None:
    assert said("fault", what="clock", detail="stepped", seconds=-3) == "clock stepped -3 s"
    assert said("fault", what="host", detail="slept", seconds=45.5) == "host slept 45.5 s"
    assert said("fault", what="viewer", detail="lost", who="Dr A", reason="no answer for 30 s") == (
        "viewer Dr A does not answer: no answer for 30 s"
    )


def test_sound_says_what_was_heard_and_what_did_not_work_and_no_more() -> None:
    assert said("announced", where="Alsa", ok=True, what="burst") is None
    assert said("announced", what="test", heard=True) == "sound test heard"
    assert said("announced", what="test", heard=False) == "sound test NOT heard"
    assert said("announced", ok=False, reason="unplugged") == "a sound did not work: unplugged"
    assert said("pause_audio", seconds=120) == "audio paused for 120 s"
    assert said("pause_audio", seconds=0) == "audio pause ended"


def test_who_answers_an_alarm_says_how() -> None:
    assert said("person", state="takes", condition="sys_high") == "is taking SYS HIGH"
    assert said("person", state="cannot") == "can't take the alarm"
    assert said("person", person="Ann") is None


def test_away_says_for_how_long_from_what_and_why() -> None:
    sensors = ["oximeter", "strap"]
    assert said("away", minutes=10, sensors=sensors, reason="toilet") == (
        "away 10 min, oximeter, strap: toilet"
    )
    assert said("away", minutes=5) == "away 5 min"
    assert said("away") == "away"
    assert said("away", minutes=0) == "back"


def test_lost_vital_says_what_is_missing() -> None:
    reason = "nothing comes from the oximeter"
    assert alarm("oximeter_no_data", "raised", reason=reason) == f"SpO2 NO DATA: {reason}"
    assert alarm("device_lost", "realarmed", reason="strap: gone") == (
        "DEVICE LOST again: strap: gone"
    )
    assert alarm("oximeter_no_data", "cleared", reason="away") == "SpO2 NO DATA cleared: away"


@pytest.mark.parametrize("condition", TECHNICAL.values(), ids=lambda condition: condition.name)
def test_label_leaves_room_in_60_columns(condition: TechnicalCondition) -> None:
    assert len(f" !!! {condition.label}  59:59  SPACE  ") <= 60 - 12  # a reason of 12 columns fits


@pytest.mark.parametrize(
    ("change", "more", "words"),
    [
        ("raised", {"reason": "median of 3"}, "SYS HIGH 165 > 160 raised: median of 3"),
        ("raised", {}, "SYS HIGH 165 > 160 raised"),
        ("held", {}, "SYS HIGH 165 > 160 held: the cuff squeezes the probe's arm"),
        ("released", {}, "SYS HIGH 165 > 160 no longer held"),
    ],
)
def test_patients_alarm_says_how_it_was_decided(
    change: str, more: dict[str, str], words: str
) -> None:
    alarm = {"condition": "sys_high", "change": change, "state": "active", "priority": "medium"}
    assert said("alarm", **alarm, value=165, limit=160, **more) == words


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("placement", {"cuff_arm": "left", "cuff_site": "upper_arm", "cuff_size": "M"},
         "cuff left upper arm M"),
        ("placement", {"probe_arm": "left", "line_arm": "right"}, "probe left, line right"),
        ("rhythm", {"irregular": True}, "pulse irregular"),
        ("rhythm", {"irregular": False}, "pulse regular"),
    ],
)  # fmt: skip
def test_how_things_are_at_the_patient_is_told(
    kind: str, body: dict[str, object], words: str
) -> None:
    assert said(kind, **body) == words
