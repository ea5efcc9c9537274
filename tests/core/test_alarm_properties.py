"""What holds for every session: lines depend on what matters, and on nothing else."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ketamon.core import alarms
from ketamon.core.profile import parse_profile
from ketamon.entries import Entry, decode
from tests.core.session import LIMITS

PROFILE = parse_profile({**LIMITS, "dia": {"high": {"medium": 100}}, "rr": {"low": {"medium": 10}}})

number = st.one_of(
    st.none(), st.sampled_from([0, 20, 70, 84, 88, 92, 94, 98, 109, 111, 131, 165, 190])
)


def one_entry(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """An entry of this kind, without its time."""
    of_kind: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "oximetry": {
            "device": st.just("oximeter"),
            "spo2": st.sampled_from([None, 20, 80, 84, 88, 92, 94, 95, 98]),
            "pulse_rate": st.sampled_from([None, 80, 109, 112, 135]),
        },
        "heart_rate": {
            "device": st.just("strap"),
            "heart_rate": st.sampled_from([None, 80, 108, 112, 135]),
        },
        "respiration": {"device": st.just("monitor"), "rr": st.sampled_from([None, 8, 12])},
        "blood_pressure": {
            "device": st.just("cuff"),
            "systolic": st.sampled_from([None, 11647, 75, 120, 161, 165, 185]),
            "diastolic": st.sampled_from([None, 60, 105]),
            "pulse_rate": number,
        },
        "device": {
            "device": st.sampled_from(["strap", "oximeter", "monitor"]),
            "state": st.sampled_from(["lost", "silent", "streaming"]),
        },
        "acknowledge": {"by": st.sampled_from([{"seat": "nurse"}, {"seat": "physician"}])},
        "baseline": {},
        "note": {"text": st.just("x")},
    }
    return st.fixed_dictionaries({"kind": st.just(kind), **of_kind[kind]})


KINDS = (
    "oximetry",
    "heart_rate",
    "respiration",
    "blood_pressure",
    "device",
    "acknowledge",
    "baseline",
    "note",
)
entry = st.sampled_from([*KINDS, *(("oximetry", "heart_rate") * 4)]).flatmap(one_entry)
step_ms = st.sampled_from([0, 1, 500, 1000, 1000, 1000, 2000, 4999, 5000, 10000, 60000, 130000])


@st.composite
def sessions(draw: st.DrawFn) -> list[Entry]:
    """Some dozens of entries at nasty times."""
    t_ms, out = 0, []
    for seq, (wait, body) in enumerate(draw(st.lists(st.tuples(step_ms, entry), max_size=60)), 1):
        t_ms += wait
        out.append(decode(json.dumps({"t": t_ms / 1000, **body}).encode(), 0))
        del seq
    return out


def lines(entries: list[Entry], pauses: list[int] | None = None) -> list[bytes]:
    """Alarm lines of a session; `pauses` are moments at which somebody asks in between."""
    state = alarms.start(PROFILE)
    out: list[Entry] = []
    pauses = sorted(pauses or [])
    for one in entries:
        while pauses and pauses[0] <= one.t_ms:
            out += alarms.advance(state, pauses.pop(0))
        out += alarms.step(state, one)
    return [entry.line for entry in out]


@settings(max_examples=150, deadline=None)
@given(sessions(), st.lists(st.integers(0, 400_000), max_size=30))
def test_extra_evaluations_change_no_line(entries: list[Entry], pauses: list[int]) -> None:
    assert lines(entries, pauses) == lines(entries)


OF_DEVICES = ("device_lost", "sensor_off")
"""Conditions that each device's readings end."""


@settings(max_examples=150, deadline=None)
@given(sessions(), st.sampled_from(["respiration", "note", "heart_rate"]))
def test_inputs_of_other_vitals_change_no_line(entries: list[Entry], other: str) -> None:
    about = {
        "respiration": ("rr_", *OF_DEVICES),
        "note": (),
        "heart_rate": ("hr_", *OF_DEVICES),
    }[other]

    def of_others(found: list[bytes]) -> list[bytes]:
        conditions = [json.loads(line)["condition"] for line in found]
        return [
            line for line, name in zip(found, conditions, strict=True) if not name.startswith(about)
        ]

    # a baseline takes hr at each reading, and a removed strap changes which source gives hr
    last = entries[-1].t_ms if entries else 0
    end = [decode(json.dumps({"t": last / 1000, "kind": "note"}).encode())]
    kept = [e for e in entries if e.kind not in (other, "baseline")]
    whole = [e for e in entries if e.kind != "baseline"]
    assert of_others(lines(kept + end)) == of_others(lines(whole + end))


@settings(max_examples=100, deadline=None)
@given(sessions())
def test_time_of_lines_never_goes_back_and_numbers_rise(entries: list[Entry]) -> None:
    state = alarms.start(PROFILE)
    t = seq = 0
    for one in entries:
        for line in alarms.step(state, one):
            assert t <= line.t_ms <= one.t_ms
            assert line.seq > seq
            t, seq = line.t_ms, line.seq


@settings(max_examples=100, deadline=None)
@given(sessions())
def test_condition_with_an_unanswered_high_never_vanishes(entries: list[Entry]) -> None:
    """It ends latched, acknowledged or with its limits: never silently normal."""
    state = alarms.start(PROFILE)
    waiting: set[str] = set()
    for one in entries:
        for line in alarms.step(state, one):
            body = line.body
            if body.change in ("raised", "escalated") and body.priority == "high":
                waiting.add(body.condition)
            if body.change == "acknowledged":
                waiting.discard(body.condition)
            if body.change == "raised" and body.priority != "high":
                waiting.discard(body.condition)
            assert not (body.change == "cleared" and body.condition in waiting)
