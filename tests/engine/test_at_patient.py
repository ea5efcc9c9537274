"""What viewers are told of places, an irregular pulse and a squeezed probe."""

import json
from typing import Any

from ketamon.core import alarms
from ketamon.engine.projector import Projector
from ketamon.entries import decode
from ketamon.feed.messages import EntryMessage, PlacementView, RhythmView, VitalView
from ketamon.feed.picture import Picture

LIMITS: dict[str, Any] = {
    "sys": {"high": {"medium": 160, "high": 180}, "rise_mmhg": {"medium": 30}},
    "spo2": {"low": {"medium": 94, "high": 90}, "delay_s": {"medium": 15, "high": 5}},
}
SAME_ARM = {"cuff_arm": "left", "probe_arm": "left"}


class Seen:
    """A core, and a viewer who is told what each entry changed, and at times the whole anew."""

    def __init__(self) -> None:
        self.state = alarms.start()
        self.projector = Projector(self.state)
        self.picture = Picture()
        self.picture.apply(self.projector.snapshot(0, 0, "LIVE"), 0)
        self.tell(0, "limits", profile=LIMITS)

    def tell(self, t: float, kind: str, device: str | None = None, **body: Any) -> None:
        """Hands one entry over, and the picture what came of it."""
        line = {"t": t, "kind": kind, **({"device": device} if device else {}), **body}
        entry = decode(json.dumps(line).encode())
        early = alarms.advance(self.state, entry.t_ms)
        for one in (*early, entry, *alarms.step(self.state, entry)):
            view = self.projector.changed(one)
            self.picture.apply(EntryMessage(one.seq, b"{}", view), t)  # type: ignore[arg-type]
        whole = Picture()
        whole.apply(self.projector.snapshot(self.state.seq, t, "LIVE"), t)
        assert whole.vitals == self.picture.vitals
        assert whole.placement == self.picture.placement
        assert (whole.rhythm or RhythmView()) == (self.picture.rhythm or RhythmView())
        assert whole.bars == self.picture.bars

    def spo2(self, t: float, value: float) -> VitalView:
        """A saturation; gives what is shown of it."""
        self.tell(t, "oximetry", "oximeter", spo2=value)
        return self.picture.vitals["spo2"]

    def cuff(self, t: float, systolic: float, **more: Any) -> VitalView:
        """A cuff's reading; gives what is shown of it."""
        self.tell(t, "blood_pressure", "cuff", systolic=systolic, diastolic=70, **more)
        return self.picture.vitals["sys"]


def test_value_is_marked_while_it_is_held_and_the_alarm_that_waits_is_told() -> None:
    seen = Seen()
    seen.tell(0, "placement", **SAME_ARM)
    assert seen.spo2(0, 97).cuff_until_t is None
    seen.tell(1, "cuff", "cuff", action="start")
    assert seen.picture.vitals["spo2"].cuff_until_t == 61
    for t in range(2, 7):
        assert seen.spo2(t, 85).held == ""
    assert seen.spo2(7, 85).held == "high"
    for t in range(8, 30, 2):
        seen.spo2(t, 85)
        if t == 20:
            seen.cuff(t, 120)
    assert seen.picture.vitals["spo2"].cuff_until_t == 30
    after = seen.spo2(30, 85)
    assert (after.cuff_until_t, after.held) == (None, "")
    assert seen.picture.conditions["spo2_low"].state == "active"


def test_where_things_are_is_told_with_what_disturbs() -> None:
    seen = Seen()
    assert seen.picture.placement is None
    seen.tell(0, "placement", **SAME_ARM, line_arm="right", cuff_size="M\x1b")
    assert seen.picture.placement == PlacementView(
        "left", None, "M", "left", "right",
        ("the cuff is on the probe's arm: SpO2 is held while it inflates",),
    )  # fmt: skip
    seen.tell(1, "placement", cuff_arm="right")
    assert seen.picture.placement is not None
    assert seen.picture.placement.conflicts == (
        "the cuff is on the line's arm: it stops the flow while it inflates",
    )


def test_suspended_limits_say_why_until_a_baseline_is_locked_there() -> None:
    seen = Seen()
    seen.tell(0, "placement", **SAME_ARM)
    for t in (1, 20):
        seen.cuff(t, 100 + t)
    seen.tell(30, "baseline")
    seen.tell(40, "placement", cuff_arm="right")
    view = seen.picture.vitals["sys"]
    assert view.suspended == "cuff moved: arm left → right"
    assert view.baseline is not None
    assert [one.basis for one in view.high] == ["absolute", "absolute"]
    for t in (50, 70):
        seen.cuff(t, 100 + t)
    assert [bar.moved for bar in seen.picture.bars] == [False, False, True, False]
    seen.tell(80, "baseline")
    assert seen.picture.vitals["sys"].suspended == ""


def test_irregular_pulse_is_on_its_number_proposed_and_then_counts_what_is_missing() -> None:
    seen = Seen()
    word = {"status": ["irregular_pulse"]}
    assert seen.cuff(0, 120).status == ()
    assert seen.cuff(60, 121, **word).status == ("irregular_pulse",)
    seen.cuff(120, 121, **word)
    assert seen.picture.rhythm == RhythmView(proposed=True)
    assert [bar.irregular for bar in seen.picture.bars] == [False, True, True]
    seen.tell(130, "rhythm", irregular=True)
    assert seen.picture.rhythm == RhythmView(irregular=True)
    seen.cuff(180, 165)
    assert seen.picture.rhythm == RhythmView(True, False, 2, 240, 480)
    seen.cuff(240, 165)
    assert seen.picture.rhythm == RhythmView(True, False, 1, 300, 480)
    seen.tell(480, "note")
    assert seen.picture.rhythm == RhythmView(irregular=True)
    seen.tell(481, "rhythm", irregular=False)
    assert seen.picture.rhythm == RhythmView()
