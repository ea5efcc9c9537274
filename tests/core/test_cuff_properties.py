"""What holds for every session with a cuff: lines depend on what was told, not on who asked when."""

import json
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ketamon.core import alarms
from ketamon.core.equipment import cuff_view
from ketamon.core.state import State
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
    "device": {"device": st.just("cuff"), "can_start": st.booleans()},
    "fault": {
        "what": st.just("record"),
        "detail": st.sampled_from(["failing", "failing_long", "back"]),
    },
    "acknowledge": {"by": st.sampled_from([{"seat": "nurse"}, {"seat": "physician"}])},
    "baseline": {},
    "heart_rate": {"device": st.just("strap"), "heart_rate": st.sampled_from([80, 115, 135])},
}
one_entry = st.sampled_from(sorted(ENTRIES)).flatmap(
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
def test_without_cuff_schedule_or_fault_the_lines_are_the_patients_alone(
    entries: list[Entry],
) -> None:
    """What the technical part adds takes nothing away and moves nothing."""

    def patients(lines: list[bytes]) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in lines]
        return [line for line in found if line["condition"] not in TECHNICAL]

    whole, _ = played(entries, [])
    kept = [one for one in entries if one.kind not in ("cuff", "fault", "phase", "dose")]
    bare, _ = played(kept, [])
    assert [json.loads(line)["condition"] for line in bare] == [
        line["condition"] for line in patients(bare)
    ]
    assert patients(whole) == patients(bare)
