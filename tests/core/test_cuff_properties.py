"""What holds for every session at a chair: lines depend on what was told, not on who asked when."""

import json
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ketamon.core import alarms
from ketamon.core.equipment import cuff_view
from ketamon.core.standing import STANDS
from ketamon.core.state import State
from ketamon.core.transitions import TRANSITIONS
from ketamon.entries import Entry, decode
from ketamon.vitals import TECHNICAL
from tests.core.session import LIMITS

DENSE = {"interval_min": 2, "first": {"minutes": 3, "interval_min": 1}}
LISTED = {"at_min": [0, 1, 3, 4], "from": "dose", "restart_on": "dose"}
PROFILES: list[dict[str, Any]] = [
    {"cuff": {"schedule": {"baseline": {"interval_min": 1}, "dosing": DENSE}}, **LIMITS},
    {
        "cuff": {"schedule": {"dosing": LISTED}, "overdue_min": {"low": 0, "medium": 1}},
        "alarm": {"escalate_s": 30},
    },
    {},
]

ENTRIES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "blood_pressure": {
        "device": st.sampled_from(["cuff", "monitor"]),
        "systolic": st.sampled_from([None, 11647, 120, 165, 185]),
        "diastolic": st.just(None),
        "status": st.sampled_from([[], [], [], ["cuff_too_loose"], ["from_storage"]]),
    },
    "manual": {
        "systolic": st.sampled_from([120, 130, 170]),
        "measured_t": st.sampled_from([None, 0, 30, 100]),
    },
    "cuff": {
        "device": st.just("cuff"),
        "action": st.sampled_from(["start", "started", "stop", "failed", "skipped", "inflated"]),
        "reason": st.sampled_from([None, "it hurts"]),
        "by": st.sampled_from([None, {"seat": "nurse"}]),
    },
    "phase": {"phase": st.sampled_from(["setup", "baseline", "dosing", "recovery", "ended"])},
    "limits": {"profile": st.sampled_from(PROFILES)},
    "dose": {"event": st.sampled_from(["dose.im", "dose.iv_stop"])},
    "device": {
        "device": st.sampled_from(["cuff", "cuff", "strap", "oximeter"]),
        "can_start": st.sampled_from([None, True, False]),
        "state": st.sampled_from([None, None, "lost", "streaming"]),
        "cadence_s": st.sampled_from([None, None, None, 1, 20, 90]),
    },
    "fault": {
        "what": st.sampled_from(
            ["record", "record", "record", "clock", "host", "audio", "viewer", "screen"]
        ),
        "detail": st.sampled_from(
            ["failing", "failing_long", "back", "stepped", "slept", "lost", "back"]
        ),
    },
    "oximetry": {
        "device": st.sampled_from(["oximeter", "oximeter", "monitor", None]),
        "spo2": st.sampled_from([97, 97, 88, 20, None]),
        "pulse_rate": st.sampled_from([80, 80, None]),
        "status": st.sampled_from([[], [], ["motion"], ["sensor_off"], ["low_battery"]]),
    },
    "rejected": {"device": st.just("cuff"), "reason": st.just("checksum"), "raw": st.just("00")},
    "device_info": {
        "device": st.sampled_from(["cuff", "strap"]),
        "battery_percent": st.sampled_from([5, 15, 90]),
    },
    "away": {
        "minutes": st.sampled_from([5, 5, 10, 0, 3]),
        "sensors": st.sampled_from([["oximeter"], ["oximeter", "strap"], ["cuff"], []]),
        "reason": st.sampled_from([None, "toilet"]),
    },
    "acknowledge": {"by": st.sampled_from([{"seat": "nurse"}, {"seat": "physician"}])},
    "baseline": {},
    "heart_rate": {"device": st.just("strap"), "heart_rate": st.sampled_from([80, 115, 135])},
}
SIGNALS = ("oximetry", "heart_rate", "oximetry")
one_entry = st.sampled_from([*sorted(ENTRIES), *SIGNALS]).flatmap(
    lambda kind: st.fixed_dictionaries({"kind": st.just(kind), **ENTRIES[kind]})
)
wait_ms = st.sampled_from([0, 0, 1, 1000, 9999, 10_000, 29_999, 30_000, 45_000, 90_000, 200_000])


@st.composite
def sessions(draw: st.DrawFn) -> list[Entry]:
    """A profile, a phase, and some dozens of entries at nasty times."""
    began: list[dict[str, Any]] = [
        {"kind": "limits", "profile": draw(st.sampled_from(PROFILES[:2]))},
        {"kind": "device", "device": "cuff", "can_start": draw(st.booleans())},
        {"kind": "phase", "phase": draw(st.sampled_from(["baseline", "dosing"]))},
    ]
    drawn = draw(st.lists(st.tuples(wait_ms, one_entry), max_size=40))
    t_ms, out = 0, []
    for wait, body in [*((0, body) for body in began), *drawn, (300_000, {"kind": "note"})]:
        t_ms += wait
        told = {key: value for key, value in body.items() if value is not None}
        out.append(decode(json.dumps({"t": t_ms / 1000, **told}).encode()))
    return out


def played(entries: list[Entry], pauses: list[int]) -> tuple[list[bytes], State]:
    """The lines of a session, and where it ends; somebody asks at each of `pauses`."""
    state, out, left = alarms.start(), [], sorted(pauses)
    for one in entries:
        while left and left[0] <= one.t_ms:
            out += alarms.advance(state, left.pop(0))
        out += alarms.step(state, one)
    return [entry.line for entry in out], state


@settings(max_examples=200, deadline=None)
@given(sessions(), st.lists(st.integers(0, 1_500_000), max_size=30))
def test_extra_evaluations_change_no_line_and_no_view(
    entries: list[Entry], pauses: list[int]
) -> None:
    asked, asked_state = played(entries, pauses)
    plain, state = played(entries, [])
    assert asked == plain
    assert cuff_view(asked_state) == cuff_view(state)
    assert asked_state.effect == state.effect
    assert asked_state.cuff.asked_ms == state.cuff.asked_ms
    assert alarms.due(asked_state) == alarms.due(state)
    for name, track in state.technical.items():
        other = asked_state.technical[name]
        assert (track.state, track.level, track.reason) == (other.state, other.level, other.reason)
    assert asked_state.away.until_ms == state.away.until_ms
    assert asked_state.away.late == state.away.late


@settings(max_examples=100, deadline=None)
@given(sessions())
def test_nothing_is_due_in_the_past_and_time_never_goes_back(entries: list[Entry]) -> None:
    state, t, seq = alarms.start(), 0, 0
    for one in entries:
        for line in alarms.step(state, one):
            assert t <= line.t_ms <= one.t_ms
            assert line.seq > seq
            t, seq = line.t_ms, line.seq
        due = alarms.due(state)
        assert due is None or due > one.t_ms


@settings(max_examples=200, deadline=None)
@given(sessions())
def test_lines_follow_the_tables_and_say_where_each_condition_stands(
    entries: list[Entry],
) -> None:
    state, told, order = alarms.start(), dict.fromkeys(TECHNICAL, "normal"), [*TECHNICAL]
    for one in entries:
        early = alarms.advance(state, one.t_ms)
        late = alarms.step(state, one)
        found = [line.body for line in (*early, *late) if line.body.condition in TECHNICAL]
        for body in found:
            assert body.state in {
                after
                for (before, _), (after, change) in TRANSITIONS.items()
                if (before, change) == (told[body.condition], body.change)
            }
            told[body.condition] = body.state
        assert told == {name: track.state for name, track in state.technical.items()}
        for name, track in state.technical.items():
            stands = STANDS[name](state, state.t)
            assert track.level == stands.level
            assert (track.level is None) == (track.state in ("normal", "latched"))
            assert track.level is None or track.reason == stands.reason
        if one.kind != "acknowledge":  # whose own lines come before what it ends
            names = [line.body.condition for line in late if line.body.change != "unanswered"]
            places = [order.index(name) for name in names if name in TECHNICAL]
            assert places == sorted(places)
            assert all(name in TECHNICAL for name in names[len(names) - len(places) :])


@settings(max_examples=100, deadline=None)
@given(sessions())
def test_no_start_is_asked_for_too_soon_or_too_often(entries: list[Entry]) -> None:
    state, started, asked = alarms.start(), -(10**9), []
    for one in entries:
        while (due := alarms.due(state)) is not None and due <= one.t_ms:
            alarms.advance(state, due)
            if alarms.take_effects(state):
                asked.append(due)
                assert due - started >= 30_000
                assert state.cuff.measuring is None
                assert state.cuff.missed
        alarms.step(state, one)
        if alarms.take_effects(state):
            asked.append(one.t_ms)
            assert one.t_ms - started >= 30_000 or one.kind == "cuff"
        if one.kind == "cuff" and one.body.action in ("start", "started"):
            started = one.t_ms
    assert all(later - earlier >= 30_000 for earlier, later in pairwise(asked))


@settings(max_examples=100, deadline=None)
@given(sessions())
def test_what_is_beside_the_patient_moves_no_line_of_the_patient(entries: list[Entry]) -> None:
    """What the technical part adds takes nothing away and moves nothing."""

    def patients(lines: list[bytes]) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in lines]
        return [line for line in found if line["condition"] not in TECHNICAL]

    whole, _ = played(entries, [])
    beside = ("cuff", "fault", "phase", "dose", "away", "rejected", "device_info")
    kept = [one for one in entries if one.kind not in beside]
    bare, _ = played(kept, [])
    assert patients(whole) == patients(bare)
