"""What may be asked of a chair, by whom, in which session, and what comes of it."""

import asyncio
import os
from typing import Any

import pytest

from ketamon.engine import seats
from ketamon.engine.arguments import LONGEST_TEXT
from ketamon.engine.quarantine import waiting
from ketamon.engine.seats import account
from ketamon.entries import By, Note
from ketamon.feed.beside import AudioView
from ketamon_drivers.readings import BloodPressure
from tests.engine.chairside import Chairside, at_a_chair

EVERY_COMMAND: dict[str, dict[str, Any]] = {
    "acknowledge": {"up_to_seq": 5},
    "cuff": {"action": "started"},
    "manual": {"systolic": 120, "diastolic": 70},
    "away": {"minutes": 5, "sensors": ["oximeter"], "reason": "toilet"},
    "chart": {"event": "note.free", "text": "x"},
    "strike": {},  # of what was charted before
    "limits": {"changes": {"sys.high.medium": 170}, "reason": "as ordered"},
    "baseline": {},
    "phase": {"phase": "dosing"},
    "end": {},
    "speed": {"speed": 2},
    "pause": {},
    "play": {},
    "placement": {"cuff_arm": "left"},
    "rhythm": {"irregular": True},
    "pause_audio": {"seconds": 60},
    "heard": {"heard": True},
    "test_sound": {},
    "take": {"condition": "sys_high"},
    "cannot": {},
    "message": {"text": "x"},
    "read_message": {},
    "reviewed": {},
    "sound": {"can": True, "device": "made"},
    "announced": {"where": "bell"},
    "review_reading": {"seq": 3, "verdict": "set_aside"},  # of the first entry after the limits
}
AT_CHAIR = {"acknowledge", "cuff", "manual", "away", "chart", "strike", "limits", "baseline", "phase", "end",
            "placement", "rhythm", "review_reading"}  # fmt: skip
TIME = {"speed", "pause", "play"}
SOUNDING = {"pause_audio", "heard", "test_sound", "announced"}
ANSWERS = {"take", "cannot", "message", "read_message", "reviewed"}
MAY: dict[tuple[str, str], set[str]] = {
    ("nurse", "LIVE"): AT_CHAIR | SOUNDING | ANSWERS,
    ("nurse", "SIMULATED"): AT_CHAIR | SOUNDING | ANSWERS,
    ("physician", "LIVE"): {"acknowledge"} | ANSWERS,
    ("physician", "SIMULATED"): {"acknowledge"} | ANSWERS,
    ("observer", "LIVE"): set(),
    ("observer", "SIMULATED"): set(),
    ("trainer", "LIVE"): set(),
    ("trainer", "SIMULATED"): AT_CHAIR | TIME | SOUNDING | ANSWERS,
    ("sound", "LIVE"): {"sound", "announced"},
}
"""DESIGN 10's table, cell by cell."""


@pytest.mark.parametrize(("seat", "mode"), MAY)
def test_each_seat_may_what_the_table_says_and_nothing_else(seat: str, mode: str) -> None:
    assert EVERY_COMMAND.keys() == seats.COMMANDS.keys()
    done: set[str] = set()

    async def asked(chair: Chairside) -> None:
        chair.host.set_speed = lambda _speed: None
        chair.host.audio.view = AudioView("bell", tests=1, test="played")
        chair.take(waiting(BloodPressure(120, 80)), "cuff")
        other = "physician" if seats.is_at_chair(seat, mode) else "nurse"
        chair.host.talk.write("from the other end", By("z", other))
        charted = chair.kept.of("message")[0].seq
        for systolic in (120, 130):  # a baseline is of two
            chair.take(BloodPressure(systolic, 80), "cuff")
        for name, args in EVERY_COMMAND.items():
            of_seq = name in ("strike", "read_message")
            message = chair.kept.of("message")[0].seq if name == "read_message" else charted
            answer = chair.ask(name, seat, **({"seq": message} if of_seq else args))
            charted = answer.seq or 0 if name == "chart" else charted
            if answer.ok:
                done.add(name)
            else:
                assert answer.reason
                assert name in answer.reason
            chair.host.ending.clear()

    at_a_chair(asked, mode=mode)
    assert done == MAY[seat, mode]


def test_a_site_may_let_a_physician_change_limits_and_end_a_session() -> None:
    change = {"changes": {"sys.high.medium": 170}, "reason": "ordered"}

    async def asked(chair: Chairside) -> None:
        assert not chair.ask("limits", "physician", **change).ok
        chair.host.physician_may = ("limits",)
        assert chair.ask("limits", "physician", **change).ok
        assert not chair.ask("end", "physician").ok
        assert not chair.ask("limits", "observer", changes={"sys.high.medium": 175}, reason="x").ok

    chair = at_a_chair(asked, mode="LIVE")
    assert chair.kept.of("limits")[-1].by == By(account(os.getuid()), "physician")


def answers(*asked: tuple[str, dict[str, Any]], **how: Any) -> list[str]:
    """What is answered to a nurse: `ok`, or why not."""
    said: list[str] = []

    async def ask(chair: Chairside) -> None:
        await chair.until(60)
        for name, args in asked:
            answer = chair.ask(name, **args)
            said.append("ok" if answer.ok else str(answer.reason))

    at_a_chair(ask, **how)
    return said


@pytest.mark.parametrize(
    ("name", "args", "words"),
    [
        ("fly", {}, "can't do that"),
        ("acknowledge", {"condition": "sys_hgh", "up_to_seq": 1}, "no such condition"),
        ("acknowledge", {"condition": ["sys_high"], "up_to_seq": 1}, "no such condition"),
        ("acknowledge", {"condition": "sys_high"}, "up_to_seq"),
        ("acknowledge", {"up_to_seq": True}, "up_to_seq"),
        ("acknowledge", {"up_to_seq": -1}, "up_to_seq"),
        ("cuff", {"action": "squeeze"}, "start, started, stop or skipped"),
        ("cuff", {"action": "skipped"}, "say why"),
        ("cuff", {"action": "start"}, "pressing START"),
        ("cuff", {"action": "stop"}, "its own button"),
        ("away", {"minutes": 7, "sensors": ["oximeter"]}, "give 5, 10 or 15 minutes"),
        ("away", {"minutes": 5}, "name the sensors"),
        ("manual", {}, "nothing was typed"),
        ("manual", {"systolic": None}, "nothing was typed"),
        ("manual", {"systolic": "120"}, "give a number"),
        ("manual", {"systolic": True}, "give a number"),
        ("manual", {"systolic": float("nan")}, "give a number"),
        ("manual", {"systolic": 70, "diastolic": 120}, "70/120 is no blood pressure"),
        ("manual", {"systolic": 1700, "diastolic": 90}, "1700/90 is no blood pressure"),
        ("manual", {"spo2": 140}, "spo2 140 can't be right"),
        ("manual", {"pulse_rate": 5}, "pulse_rate 5 can't be right"),
        ("manual", {"rr": -3}, "rr -3 can't be right"),
        ("manual", {"moaas": 9}, "moaas 9 can't be right"),
        ("manual", {"pulse_rate": 70, "measured_t": 61}, "future"),
        ("manual", {"pulse_rate": 70, "measured_t": "now"}, "give a number"),
        ("placement", {}, "give any of cuff_arm"),
        ("placement", {"cuff_arm": ""}, "give any of cuff_arm"),
        ("placement", {"cuff_arm": "middle"}, "an arm is left or right"),
        ("placement", {"cuff_site": "neck"}, "upper_arm, forearm, wrist or leg"),
        ("placement", {"hat": "left"}, "give any of cuff_arm"),
        ("rhythm", {}, "true or false"),
        ("rhythm", {"irregular": "yes"}, "true or false"),
        ("chart", {}, "no such event"),
        ("chart", {"event": "alarm.x"}, "no such event"),
        ("chart", {"event": "dose.im", "value": 10**12}, "is not from 0.1 to 10000"),
        ("phase", {"phase": "ended"}, "setup, baseline, dosing, recovery"),
        ("phase", {"phase": ["dosing"]}, "setup, baseline, dosing, recovery"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence_and_not_recorded(
    name: str, args: dict[str, Any], words: str
) -> None:
    async def ask(chair: Chairside) -> None:
        await chair.until(60)
        before = len(chair.kept.entries)
        answer = chair.ask(name, **args)
        assert not answer.ok
        assert words in (answer.reason or "")
        assert len(chair.kept.entries) == before

    at_a_chair(ask)


@pytest.mark.parametrize(
    ("name", "args", "line"),
    [
        ("manual", {"systolic": 120, "diastolic": 70, "source": "monitor"}, b'"measured_t":60.0'),
        ("manual", {"pulse_rate": 70, "measured_t": 45.5}, b'"measured_t":45.5'),
        ("chart", {"event": "dose.im", "value": 50, "text": "left arm"}, b'"event":"dose.im"'),
        ("chart", {"event": "scale.moaas", "value": 4}, b'"kind":"score"'),
        ("cuff", {"action": "skipped", "reason": "asleep"}, b'"action":"skipped"'),
        ("placement", {"cuff_arm": "left", "cuff_size": "\x1b[2JM"}, b'"cuff_arm":"left"'),
        ("rhythm", {"irregular": True}, b'"irregular":true'),
        ("phase", {"phase": "recovery"}, b'"phase":"recovery"'),
        ("baseline", {}, b'"kind":"baseline"'),
    ],
)
def test_what_is_done_is_an_entry_with_its_number_and_who_did_it(
    name: str, args: dict[str, Any], line: bytes
) -> None:
    async def ask(chair: Chairside) -> None:
        await chair.until(60)
        for systolic in (120, 130) if name == "baseline" else ():
            chair.take(BloodPressure(systolic, 80), "cuff")
        answer = chair.ask(name, **args)
        assert answer.ok, answer.reason
        entry = chair.kept.entries[-1]
        assert answer.seq == entry.seq
        assert line in entry.line
        assert entry.by is not None
        assert entry.by.seat == "nurse"

    at_a_chair(ask)


def test_an_acknowledgement_covers_nothing_that_was_not_drawn() -> None:
    async def ask(chair: Chairside) -> None:
        drawn = chair.session.state.seq
        chair.ask("manual", systolic=170, diastolic=80)
        chair.ask("acknowledge", up_to_seq=drawn)
        assert chair.session.state.tracks["sys_high"].state == "active"
        chair.ask("acknowledge", up_to_seq=chair.session.state.seq)
        assert chair.session.state.tracks["sys_high"].state == "acknowledged"

    at_a_chair(ask)


def test_a_number_that_no_entry_has_yet_covers_nothing_that_comes() -> None:
    async def ask(chair: Chairside) -> None:
        newest = chair.session.state.seq
        chair.ask("acknowledge", up_to_seq=10**30)
        assert chair.kept.entries[-1].body.up_to_seq == newest
        chair.ask("manual", systolic=170, diastolic=80)
        assert chair.session.state.tracks["sys_high"].state == "active"

    at_a_chair(ask)


def test_a_physicians_acknowledgement_is_only_seen() -> None:
    async def ask(chair: Chairside) -> None:
        chair.ask("manual", systolic=170, diastolic=80)
        chair.ask("acknowledge", "physician", up_to_seq=chair.session.state.seq)
        track = chair.session.state.tracks["sys_high"]
        assert track.state == "active"
        assert track.seen

    at_a_chair(ask)


def test_what_people_type_can_steer_no_terminal_and_has_an_end() -> None:
    async def ask(chair: Chairside) -> None:
        chair.ask("chart", event="note.free", text="\x1b[2Jgone" + "x" * 10_000)
        note = chair.kept.entries[-1].body
        assert isinstance(note, Note)
        assert "\x1b" not in (note.text or "")
        assert len(note.text or "") <= LONGEST_TEXT

    at_a_chair(ask)


def test_where_nothing_can_change_the_speed_of_time_that_is_said() -> None:
    async def ask(chair: Chairside) -> None:
        assert "time is real" in (chair.ask("speed", "trainer", speed=2).reason or "")

    at_a_chair(ask)


def test_play_goes_on_at_the_speed_that_the_session_began_with() -> None:
    async def ask(chair: Chairside) -> None:
        said: list[float] = []
        chair.host.set_speed, chair.host.speed = said.append, 10.0
        chair.host.__post_init__()
        for name, args in (("pause", {}), ("play", {}), ("speed", {"speed": 4}), ("pause", {}),
                           ("play", {}), ("speed", {"speed": 61}), ("speed", {"speed": -1})):  # fmt: skip
            chair.ask(name, "trainer", **args)
        assert said == [0, 10, 4, 0, 4]
        assert chair.host.beat().speed == 4

    at_a_chair(ask)


def test_the_end_is_asked_for_once_and_both_who_ask_are_answered() -> None:
    async def ask(chair: Chairside) -> None:
        assert chair.ask("end", reason="went home").ok
        assert chair.ask("end", reason="me too").ok
        assert chair.host.end_reason == "went home"
        assert chair.ask("manual", systolic=120).reason == "the session has ended"
        chair.host.leave()
        assert not chair.host.left  # it is being closed, and a signal makes that no worse
        chair.host.trouble = "the disk is full"
        assert "the disk is full" in (chair.ask("end").reason or "")
        chair.host.leave()
        assert chair.host.left

    at_a_chair(ask)


def test_hello_beat_and_snapshot_say_which_session_and_mode() -> None:
    async def look(chair: Chairside) -> None:
        await chair.until(12.5)
        host = chair.host
        assert (host.hello("nurse").mode, host.beat().mode, host.snapshot().mode) == ("LIVE",) * 3
        assert (host.hello("nurse").t, host.beat().t, host.snapshot().t) == (12.5,) * 3
        assert host.beat().recorded == host.snapshot().seq == chair.session.state.seq

    at_a_chair(look, mode="LIVE")


def test_what_was_charted_is_dated_back_with_a_reason_and_struck_but_never_gone() -> None:
    async def asked(chair: Chairside) -> None:
        await asyncio.sleep(600)
        late = {"event": "symptom.nausea", "value": 2, "ago_min": 5}
        assert chair.ask("chart", "nurse", **late).reason == "say why it is charted so late"
        answer = chair.ask("chart", "nurse", **late, reason="busy")
        assert answer.ok
        early = {"event": "note", "text": "x", "ago_min": 11, "reason": "x"}
        assert "before this session" in str(chair.ask("chart", "nurse", **early).reason)
        assert "6 is not from 0 to 5" in str(
            chair.ask("chart", event="scale.moaas", value=6).reason
        )
        phase = chair.ask("phase", phase="recovery")
        assert "what was charted" in str(chair.ask("strike", seq=phase.seq).reason)
        assert chair.ask("strike", seq=answer.seq, reason="wrong patient").ok
        assert not chair.ask("strike", "physician", seq=answer.seq).ok

    chair = at_a_chair(asked)
    (symptom,) = chair.kept.of("symptom")
    assert (symptom.body.value, symptom.body.t_event, symptom.body.reason) == (2, 300.0, "busy")
    (struck,) = chair.kept.of("correction")
    assert (struck.body.of_seq, struck.body.reason) == (symptom.seq, "wrong patient")
    assert "struck: nausea moderate" in chair.session.projector.events[-1].text
