"""Seek, step and headless replay are one operation on the same entries."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketamon.core import alarms
from ketamon.core.profile import parse_profile
from ketamon.engine.playback import Playback, marks, timeline
from ketamon.entries import By, Entry, decode
from ketamon.feed.messages import Beat, EntryMessage
from ketamon.feed.picture import Picture
from tests.engine.recordings import CHAIR, PRESSURES, recording, seconds_of_oximetry

DIP = seconds_of_oximetry(200, range(50, 90))


def played_lines(playback: Playback, *moments: int) -> list[bytes]:
    """Alarm lines of a playback that is asked at these moments."""
    return [
        p.entry.line for t in moments for p in playback.play_until(t) if p.entry.kind == "alarm"
    ]


def test_timeline_flags_what_the_limits_say() -> None:
    changes = [(e.t_ms // 1000, e.body.change) for e in timeline(PRESSURES)]
    assert changes == [(60, "raised"), (120, "escalated"), (180, "latched")]


def test_given_limits_replace_those_in_the_recording() -> None:
    profile = parse_profile({"sys": {"high": {"medium": 140}}})
    assert [e.t_ms // 1000 for e in timeline(PRESSURES, profile) if e.body.change == "raised"] == [
        10
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 410_000), max_size=12), st.sampled_from([DIP, CHAIR]))
def test_playing_in_pieces_gives_the_same_lines_as_at_once(
    moments: list[int], entries: tuple[Entry, ...]
) -> None:
    whole = [entry.line for entry in timeline(entries)]
    assert played_lines(Playback(entries), *sorted(moments), 410_000) == whole


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 410_000), min_size=1, max_size=5),
    st.sampled_from([PRESSURES, DIP, CHAIR]),
)
def test_seeking_anywhere_gives_the_picture_of_playing_there(
    moments: list[int], entries: tuple[Entry, ...]
) -> None:
    sought, straight = Playback(entries), Playback(entries)
    for moment in moments:
        sought.seek(moment)
    for _ in straight.play_until(moments[-1]):
        pass
    t = moments[-1]
    assert sought.snapshot(t) == straight.snapshot(t)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 410_000), st.sampled_from([PRESSURES, DIP, CHAIR]))
def test_snapshot_then_entries_is_the_later_snapshot(
    moment: int, entries: tuple[Entry, ...]
) -> None:
    playback = Playback(entries)
    playback.seek(moment)
    followed, fresh = Picture(), Picture()
    followed.apply(playback.snapshot(moment), 0.0)
    for entry, view in playback.play_until(410_000):
        followed.apply(EntryMessage(entry.seq, msgspec.Raw(entry.line), view), 0.0)
    fresh.apply(playback.snapshot(moment), 0.0)
    for picture in (followed, fresh):
        picture.apply(Beat(410.0, 0, 1.0, "REPLAY"), 0.0)
    for name in (
        "seq", "vitals", "conditions", "bars", "bins", "events", "phase", "devices", "cuff",
        "setup", "baseline", "discharge", "title",
    ):  # fmt: skip
        assert getattr(followed, name) == getattr(fresh, name), name


def test_viewer_acknowledgement_acts_and_is_forgotten_when_the_tape_goes_back() -> None:
    playback = Playback(PRESSURES)
    playback.seek(70_000)
    played = playback.acknowledge(70_000, None, playback.state.seq, By(seat="trainer"))
    assert [p.entry.body.change for p in played if p.entry.kind == "alarm"] == ["acknowledged"]
    playback.seek(100_000)
    assert playback.state.tracks["sys_high"].state == "acknowledged"
    playback.seek(65_000)
    assert playback.state.tracks["sys_high"].state == "active"
    playback.seek(100_000)
    assert playback.state.tracks["sys_high"].state == "active"


def test_acknowledgement_of_an_older_picture_covers_nothing_later() -> None:
    playback = Playback(PRESSURES)
    playback.seek(70_000)
    drawn = playback.state.seq
    playback.seek(121_000)
    played = playback.acknowledge(121_000, None, drawn, By(seat="nurse"))
    assert [p.entry.kind for p in played] == ["acknowledge"]


def exported(entries: tuple[Entry, ...], answer_t: float) -> tuple[Entry, ...]:
    """The session as it would be exported had a nurse answered at `answer_t` what she saw."""
    state, out, done = alarms.start(), [], False
    for entry in entries:
        if not done and entry.t_ms > answer_t * 1000:
            done = True
            line = {"t": answer_t, "kind": "acknowledge", "up_to_seq": state.seq}
            answer = decode(json.dumps(line).encode())
            out += [*(o.line for o in alarms.advance(state, answer.t_ms)), answer.line]
            out += [o.line for o in alarms.step(state, answer)]
        due = alarms.advance(state, entry.t_ms)
        out += [*(o.line for o in due), entry.line]
        out += [o.line for o in alarms.step(state, entry)]
    return tuple(decode(line, number) for number, line in enumerate(out, 1))


@pytest.mark.parametrize(
    ("entries", "answer_t"),
    [(PRESSURES, 61.0), (PRESSURES, 121.0), (PRESSURES, 200.0), (CHAIR, 250.0), (CHAIR, 275.0)],
)
def test_replay_of_an_export_gives_the_lines_it_holds(
    entries: tuple[Entry, ...], answer_t: float
) -> None:
    export = exported(entries, answer_t)
    recorded = [entry.line for entry in export if entry.kind == "alarm"]
    assert any(b"acknowledged" in line for line in recorded)
    assert [entry.line for entry in timeline(export)] == recorded
    assert played_lines(Playback(export), 100_000, 410_000) == recorded


def test_recorded_cuff_acts_in_a_replay_and_nobody_is_asked_to_start_one() -> None:
    asked = [entry for entry in timeline(CHAIR) if entry.body.condition == "cuff_failed"]
    assert [(e.t_ms, e.body.change) for e in asked] == [
        (190_000, "raised"), (300_000, "cleared"),
    ]  # fmt: skip
    playback = Playback(CHAIR)
    kinds = {played.entry.kind for played in playback.play_until(410_000)}
    assert kinds == {entry.kind for entry in CHAIR} | {"alarm"}


def test_marks_name_alarms_cuffs_and_phases() -> None:
    found = [(m.t, m.what) for m in marks(PRESSURES)]
    assert (60.0, "alarm") in found
    assert (10.0, "cuff") in found
    assert (130.0, "phase") in found


def test_empty_recording_plays() -> None:
    assert list(timeline(())) == []
    assert Playback(()).snapshot(0).seq == 0


def test_stalled_end_gives_no_transition_after_the_last_entry() -> None:
    entries = recording(
        {"t": 0, "kind": "limits", "profile": {"sys": {"high": {"medium": 160}}}},
        {"t": 1, "kind": "blood_pressure", "device": "cuff", "systolic": 170, "diastolic": 80},
        {"t": 5, "kind": "note"},
    )
    playback = Playback(entries)
    assert [p.entry.t_ms for p in playback.play_until(10**9)][-1] == 5000
