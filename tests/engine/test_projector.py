"""What viewers are told of devices, the cuff and technical conditions."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketamon.core import alarms
from ketamon.engine.playback import Playback
from ketamon.engine.projector import Projector
from ketamon.entries import Entry, decode
from ketamon.feed.messages import (
    AwayView,
    Beat,
    CuffView,
    DeviceView,
    EntryMessage,
    Snapshot,
    View,
)
from ketamon.feed.picture import Picture

SCHEDULE = {"cuff": {"schedule": {"baseline": {"interval_min": 5}}}}


class Watched:
    """A core and its projector."""

    def __init__(self) -> None:
        self.state = alarms.start()
        self.projector = Projector(self.state)

    def tell(self, t: float, kind: str, device: str | None = None, **body: Any) -> View:
        """Hands one entry over; gives what it and its lines changed, the newest of each."""
        line = {"t": t, "kind": kind, **({"device": device} if device else {}), **body}
        entry = decode(json.dumps(line).encode())
        early = alarms.advance(self.state, entry.t_ms)
        late = alarms.step(self.state, entry)
        views = [self.projector.changed(one) or View() for one in (*early, entry, *late)]
        return View(
            conditions=tuple(c for view in views for c in view.conditions),
            devices=tuple(d for view in views for d in view.devices),
            cuff=next((view.cuff for view in reversed(views) if view.cuff), None),
            away=next((view.away for view in reversed(views) if view.away), None),
        )

    def device(self, t: float, role: str = "cuff", **body: Any) -> tuple[DeviceView, ...]:
        """A `device` entry; gives what was told of devices."""
        return self.tell(t, "device", role, **body).devices

    def whole(self) -> Snapshot:
        """The whole picture now."""
        return self.projector.snapshot(self.state.seq, self.state.t / 1000, "LIVE")


def watched_with_schedule() -> Watched:
    """A chair where a reading is due at 0."""
    watched = Watched()
    watched.tell(0, "limits", profile=SCHEDULE)
    watched.tell(0, "phase", phase="baseline")
    return watched


# -- devices ------------------------------------------------------------------------------------


def test_bound_device_is_opening_until_it_is_told_otherwise() -> None:
    watched = Watched()
    bound = watched.device(1, family="suntech", identity="usb-A1", can_start=True)
    assert bound == (DeviceView("cuff", "opening", 1, "suntech", "usb-A1", "", True),)
    streaming = DeviceView("cuff", "streaming", 3, "suntech", "usb-A1", "", True)
    assert watched.device(3, state="streaming") == (streaming,)
    assert watched.whole().devices == (streaming,)


def test_reason_goes_with_its_state_and_since_only_moves_with_it() -> None:
    watched = Watched()
    watched.device(1, state="silent", reason="speaks another protocol")
    (told,) = watched.device(5, state="silent", reason="sends nothing")
    assert (told.since_t, told.reason) == (1, "sends nothing")
    (told,) = watched.device(9, state="streaming")
    assert (told.since_t, told.reason) == (9, "")


def test_cadence_alone_is_no_news_of_a_device() -> None:
    watched = Watched()
    watched.device(1, family="suntech")
    assert watched.device(5, cadence_s=5) == ()


@pytest.mark.parametrize("state", ["silent", "lost", None])
def test_reading_proves_its_device_back(state: str | None) -> None:
    watched = Watched()
    watched.device(1, "oximeter", **({"state": state, "reason": "quiet"} if state else {}))
    (told,) = watched.tell(7, "oximetry", "oximeter", spo2=97).devices
    assert (told.state, told.since_t, told.reason) == ("streaming", 7, "")
    assert watched.tell(8, "oximetry", "oximeter", spo2=97).devices == ()


def test_what_a_device_rejects_or_says_of_itself_proves_nothing() -> None:
    watched = Watched()
    watched.device(1, state="silent", reason="speaks another protocol")
    assert watched.tell(2, "rejected", "cuff", reason="bad checksum", raw="00").devices == ()


# -- the cuff -----------------------------------------------------------------------------------


def test_chair_without_cuff_or_schedule_is_told_nothing_of_one() -> None:
    watched = Watched()
    watched.device(0, "oximeter")
    assert watched.tell(1, "blood_pressure", "cuff", systolic=120).cuff is None
    assert watched.whole().cuff is None


def test_cuff_tells_its_pressure_while_it_measures_and_no_longer() -> None:
    watched = Watched()
    assert watched.tell(10, "cuff", "cuff", action="start").cuff == CuffView("measuring", 10)
    told = watched.tell(12, "cuff_pressure", "cuff", pressure=160).cuff
    assert told == CuffView("measuring", 10, pressure_mmhg=160)
    assert watched.tell(30, "blood_pressure", "cuff", systolic=120).cuff == CuffView("idle", 30)
    assert watched.tell(31, "cuff_pressure", "cuff", pressure=3).cuff is None
    assert watched.tell(99, "cuff", "cuff", action="start").cuff == CuffView("measuring", 99)


def test_cuff_says_when_it_is_due_and_why_it_failed() -> None:
    watched = watched_with_schedule()
    assert watched.whole().cuff == CuffView("press_start", -30, 0)
    watched.tell(5, "cuff", "cuff", action="started")
    told = watched.tell(100, "note", text="x").cuff
    assert told == CuffView("press_start", -30, 0, failed="no reading within 90 s of START")
    assert watched.tell(110, "manual", systolic=120).cuff == CuffView("idle", 95, 300)


def test_what_did_not_change_is_not_told_again() -> None:
    watched = watched_with_schedule()
    assert watched.tell(5, "score", event="scale.moaas", value=5).cuff is None


def test_every_viewer_asks_for_start_when_its_time_has_come() -> None:
    watched = watched_with_schedule()
    watched.tell(0, "manual", systolic=120)
    picture = Picture()
    picture.apply(watched.whole(), 0.0)
    shown = []
    for t in (269.9, 270.0, 300.0):
        picture.apply(Beat(t, 0, 1.0, "LIVE"), 0.0)
        assert picture.cuff is not None
        shown.append((picture.cuff.state, picture.cuff.since_t))
    assert shown == [("idle", 0.0), ("press_start", 270.0), ("press_start", 270.0)]
    assert watched.projector.cuff_view(270_000) == picture.cuff


def test_no_viewer_asks_for_start_on_a_cuff_that_we_can_start() -> None:
    watched = watched_with_schedule()
    watched.device(0, can_start=True)
    picture = Picture()
    picture.apply(watched.whole(), 0.0)
    picture.apply(Beat(400.0, 0, 1.0, "LIVE"), 0.0)
    assert picture.cuff is not None
    assert picture.cuff.state == "idle"


# -- technical conditions -----------------------------------------------------------------------


def test_technical_condition_is_told_when_it_comes_and_when_it_goes() -> None:
    watched = watched_with_schedule()
    (told,) = watched.tell(125, "note", text="x").conditions
    assert (told.condition, told.state, told.priority) == ("bp_overdue", "active", "low")
    assert (told.value, told.limit, told.since_t) == (None, None, 120)
    assert watched.whole().conditions == (told,)
    (told,) = watched.tell(130, "manual", systolic=120).conditions
    assert (told.condition, told.state) == ("bp_overdue", "normal")
    assert watched.whole().conditions == ()


def test_record_that_fails_is_told() -> None:
    watched = Watched()
    (told,) = watched.tell(10, "fault", what="record", detail="failing").conditions
    assert (told.condition, told.priority) == ("record_failing", "low")


def test_acknowledged_technical_condition_names_who() -> None:
    watched = watched_with_schedule()
    watched.tell(125, "note", text="x")
    by = {"seat": "nurse", "person": "A"}
    (told,) = watched.tell(130, "acknowledge", by=by).conditions
    assert (told.state, told.by, told.acknowledged_t) == ("acknowledged", "A", 130)


def test_vital_lost_by_time_alone_is_told_at_that_moment_with_why() -> None:
    watched = Watched()
    watched.tell(0, "oximetry", "oximeter", spo2=97)
    (line,) = alarms.advance(watched.state, 10_000)
    told = watched.projector.changed(line)
    assert told is not None
    assert [(v.vital, v.state) for v in told.vitals] == [("spo2", "lost")]
    (condition,) = told.conditions
    assert (condition.condition, condition.since_t) == ("oximeter_no_data", 10)
    assert condition.reason == "nothing comes from the oximeter"


def test_reason_that_changes_without_a_line_is_told_and_has_no_control_characters() -> None:
    watched = Watched()
    watched.tell(0, "device", "strap", state="lost", reason="out\x1b[2J of range")
    watched.tell(1, "device", "cuff", state="lost", reason="unplugged")
    (told,) = watched.tell(2, "heart_rate", "strap", heart_rate=80).conditions
    assert (told.reason, told.state) == ("cuff: unplugged", "active")
    assert watched.whole().conditions == (told,)
    told = watched.tell(3, "device", "strap", state="lost", reason="out\x1b[2J").conditions[-1]
    assert told.reason == "cuff: unplugged; strap: out[2J"


# -- away ---------------------------------------------------------------------------------------

AWAY = {"minutes": 5, "sensors": ["oximeter"], "reason": "toilet"}


def test_away_is_told_when_it_begins_is_extended_and_ends() -> None:
    watched = Watched()
    watched.tell(0, "oximetry", "oximeter", spo2=97)
    assert watched.tell(10, "away", **AWAY).away == AwayView(10, 310, ("oximeter",))
    assert watched.tell(11, "note", text="x").away is None
    longer = AwayView(10, 610, ("oximeter",), extended=True)
    assert watched.tell(12, "away", **AWAY).away == longer
    assert watched.whole().away == longer
    assert watched.tell(13, "away", minutes=0).away == AwayView()
    assert watched.whole().away is None


def test_away_that_does_not_count_is_not_told() -> None:
    assert Watched().tell(10, "away", minutes=7, sensors=["oximeter"]).away is None


def test_viewer_lets_away_go_when_its_time_is_up() -> None:
    watched = Watched()
    watched.tell(10, "away", **AWAY)
    picture = Picture()
    picture.apply(watched.whole(), 0.0)
    picture.apply(Beat(309.9, 0, 1.0, "LIVE"), 0.0)
    assert picture.away == AwayView(10, 310, ("oximeter",))
    picture.apply(Beat(310.0, 0, 1.0, "LIVE"), 0.0)
    assert picture.away is None


def troubles() -> tuple[Entry, ...]:
    """A session in which sensors come off, devices are lost, and the patient walks."""
    lines: list[dict[str, Any]] = [{"t": 0, "kind": "phase", "phase": "dosing"}]
    for t in range(0, 400, 4):
        words = ["motion"] if 40 <= t < 90 else ["sensor_off"] if 110 <= t < 130 else []
        value = None if words == ["sensor_off"] else 20 if t == 100 else 97
        one = {"kind": "oximetry", "device": "oximeter", "spo2": value, "status": words}
        lines += [{"t": t, **one}] if t < 140 or t > 330 else []
        lines += [{"t": t, "kind": "heart_rate", "device": "strap", "heart_rate": 80}]
    lines += [
        {"t": 12, "kind": "device_info", "device": "cuff", "battery_percent": 15},
        {"t": 14, "kind": "device_info", "device": "cuff", "battery_percent": 14},
        {"t": 16, "kind": "device", "device": "cuff", "state": "lost", "reason": "unplugged"},
        {"t": 18, "kind": "device", "device": "strap", "state": "lost", "reason": "far"},
        *({"t": t, "kind": "rejected", "device": "cuff", "reason": "sum", "raw": "0"} for t in (20, 21, 22)),
        {"t": 30, "kind": "fault", "what": "host", "detail": "slept", "seconds": 20},
        {"t": 150, "kind": "away", **AWAY},
        {"t": 35, "kind": "acknowledge"},
    ]  # fmt: skip
    lines.sort(key=lambda line: line["t"])
    return tuple(decode(json.dumps(line).encode()) for line in lines)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 400_000), st.integers(0, 400_000))
def test_snapshot_then_entries_is_the_later_snapshot(first: int, second: int) -> None:
    first, second = min(first, second), max(first, second)
    playback = Playback(troubles())
    playback.seek(first)
    followed, fresh = Picture(), Picture()
    followed.apply(playback.snapshot(first), 0.0)
    for entry, view in playback.play_until(second):
        followed.apply(EntryMessage(entry.seq, msgspec.Raw(entry.line), view), 0.0)
    fresh.apply(playback.snapshot(second), 0.0)
    for picture in (followed, fresh):
        picture.apply(Beat(second / 1000, 0, 1.0, "REPLAY"), 0.0)
    for name in ("seq", "vitals", "conditions", "devices", "away"):
        assert getattr(followed, name) == getattr(fresh, name), name
