"""The flow of a session by keys, against a real engine: set-up, baseline, dosing, recovery, discharge."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ketamon.entries import Baseline, Device, Limits, Session
from ketamon.feed.messages import PROTOCOL, Answer, Hello
from ketamon.feed.picture import Picture
from ketamon.profiles import FOLDER, load_profile
from ketamon.tui.desk import Then
from ketamon.tui.panels.setup import planned
from ketamon.tui.scene import Scene
from ketamon.tui.screens.panels import LOOKS
from ketamon_drivers.readings import BloodPressure, Oximetry
from tests.engine.chairside import Chairside, at_a_chair
from tests.tui.desk import FakeDesk
from tests.tui.scenes import TILED, text, words

IV = dict(load_profile(FOLDER / "iv_adult.toml").raw)


class AtEngine(FakeDesk):
    """A desk whose commands an engine answers; `keys` counts what was pressed."""

    def __init__(self, chair: Chairside) -> None:
        self.chair, self.keys = chair, 0
        super().__init__(shown=self._scene())

    def _scene(self) -> Scene:
        snapshot = self.chair.session.snapshot()
        picture = Picture()
        picture.apply(Hello(PROTOCOL, "", "1", "LIVE", "nurse", snapshot.t, 1.0), 0.0)
        picture.apply(snapshot, 0.0)
        return Scene(picture, snapshot.t)

    def look(self) -> None:
        """Sees what the engine tells now."""
        self.shown = self._scene()
        self.picture = self.shown.picture
        self.seen = self.drawn()

    def send(self, name: str, then: Then | None = None, **args: Any) -> None:
        """Asks the engine."""
        self.sent.append((name, args))
        answer: Answer = self.chair.ask(name, **args)
        self.look()
        if then is not None:
            then(answer)
        elif not answer.ok:
            self.said.append(answer.reason or "")

    def press(self, *names: str) -> None:
        """Presses keys, and counts them."""
        self.keys += len(names)
        super().press(*names)


def played(act: Callable[[AtEngine], None], phase: str = "setup") -> Chairside:
    """A scene at a desk with an engine behind it."""

    async def scene(chair: Chairside) -> None:
        chair.take(Session(None, "1", "LIVE"))
        chair.take(Limits(IV, {"name": "physician P1", "date": "2025-11-03"}))
        chair.phase(phase)
        act(AtEngine(chair))

    return at_a_chair(scene, mode="LIVE")


def test_new_patient_is_set_up_with_every_line_in_forty_keys() -> None:
    def act(desk: AtEngine) -> None:
        desk.press("i", *"FK-27", "enter", *"72", "enter", *"0.5/kg", "space", *"40", "enter")
        desk.press("5", "9", *"12345678", "escape", "enter", "y")
        assert desk.keys <= 40
        assert desk.picture.setup.open == ()
        assert desk.picture.phase == "baseline"
        desk.press("g", "3", "y")
        assert desk.picture.phase == "dosing"

    chair = played(act)
    plan = next(e.body for e in chair.kept.of("patient") if e.body.event == "patient.plan")
    assert (plan.value, plan.text) == (36, "iv 40 min")
    read = next(e.body for e in chair.kept.of("check") if e.body.event == "check.read_back")
    assert read.text == (
        "FK-27, 72 kg, 36 mg iv, 40 min, cuff left, probe right, line right, "
        "limits IV infusion, adult (training) v1"
    )


def test_repeat_of_a_known_route_takes_fifteen_keys() -> None:
    def act(desk: AtEngine) -> None:
        desk.press("i", *"FK27", "enter", *"72", "enter", *"36", "enter", "5", "enter", "y")
        assert desk.keys <= 15
        assert desk.chair.session.projector.flow.setup.blocking(desk.chair.session.state) == []
        assert (desk.picture.setup.route, desk.picture.setup.dose_mg) == ("iv", 36)

    played(act)


def test_numbers_run_before_and_beside_every_form() -> None:
    def act(desk: AtEngine) -> None:
        desk.chair.take(Device(state="streaming", family="nonin-df8"), "oximeter")
        desk.chair.take(Oximetry(97, 78), "oximeter")
        desk.look()
        assert desk.shown.show("spo2").figures == "97"
        assert "SpO2 %" in text((60, 16), desk.drawn())
        assert desk.keys == 0
        for keys in ("i", ("escape", "9"), ("escape", "enter")):
            desk.press(*keys)
            for size in TILED:
                assert "SpO2 %" in text(size, desk.drawn())
            assert "SpO2 %     97" in text((60, 16), desk.drawn())

    played(act)


def test_header_counts_the_infusion_against_its_planned_end_until_it_is_over() -> None:
    def act(desk: AtEngine) -> None:
        desk.chair.ask("chart", event="patient.plan", value=36, text="iv 40 min")
        desk.chair.ask("phase", phase="dosing", override="x")
        desk.chair.ask("chart", event="dose.iv_start", value=36)
        desk.chair.session.t0 -= 12 * 60
        desk.look()
        assert "DOSING  12 of 40 min" in text((80, 24), desk.drawn())
        assert "DOSING 12 of 40" in text((60, 16), desk.drawn())
        desk.chair.ask("chart", event="dose.iv_complete")
        desk.look()
        assert "DOSING  12 min" in text((80, 24), desk.drawn())

    played(act)


def test_dosing_goes_on_with_a_reason_typed_and_recorded() -> None:
    def act(desk: AtEngine) -> None:
        desk.press("g", "3", "y")
        assert "dosing waits: the patient is not identified" in words(text((80, 24), desk.drawn()))
        desk.press("0", *"by", "space", *"phone", "enter", "y")
        assert desk.picture.phase == "dosing"

    (kept,) = [e for e in played(act).kept.of("check") if e.body.event == "check.override"]
    assert kept.body.reason == "by phone"


def test_a_dose_by_weight_a_route_left_out_and_what_can_not_be() -> None:
    assert planned("0.5/kg iv 40", 72, "") == (36, "iv", 40)
    assert planned("36mg im", None, "") == (36, "im", None)
    assert planned("36,5 40min", 72, "IV infusion, adult") == (36.5, "iv", 40)
    for typed, weight, why in (
        ("0.5/kg iv", None, "needs the weight first"),
        ("iv", 72, "type the dose so"),
        ("36", 72, "say the route too"),
        ("36000 iv", 72, "type it again"),
        ("3600 iv", 72, "50.00 mg/kg"),
        ("x iv", 72, "type a number of mg"),
    ):
        with pytest.raises(ValueError, match=why):
            planned(typed, weight, "")


def test_arms_clash_is_told_and_the_other_arm_is_one_key() -> None:
    def act(desk: AtEngine) -> None:
        desk.press("i", "escape", "5", "5")
        shown = words(text((80, 24), desk.drawn()))
        assert "the cuff is on the probe's arm" in words(text((120, 40), desk.drawn()))
        assert "5 cuff right arm" in shown
        desk.press("enter")
        assert "CLASH" in text((60, 16), desk.drawn())
        desk.press("escape", "6")
        assert desk.picture.placement is not None
        assert desk.picture.placement.conflicts == (
            "the cuff is on the line's arm: it stops the flow while it inflates",
        )

    played(act)


def test_baseline_is_shown_with_median_and_spread_and_who_locked_it() -> None:
    def act(desk: AtEngine) -> None:
        for systolic in (142, 138, 150):
            desk.chair.take(BloodPressure(systolic, 84, 100, pulse_rate_per_min=76), "cuff")
            desk.chair.session.t0 -= 120
        desk.look()
        desk.press("g")
        assert "3 readings, median 142/84 HR 76, spread 12/0" in text((80, 24), desk.drawn())
        desk.press("2", "y", "g")
        assert "locked" in text((80, 24), desk.drawn())
        assert desk.picture.baseline.locked["sys"] == 142
        assert desk.picture.baseline.locked_by

    assert len(played(act, "baseline").kept.of("baseline")) == 1


def recovered(desk: AtEngine) -> None:
    """An hour after the end of dosing, with everything in order that the readings tell."""
    chair = desk.chair
    for _ in range(2):
        chair.take(BloodPressure(140, 84, 100, pulse_rate_per_min=76), "cuff")
        chair.session.t0 -= 120
    chair.take(Baseline())
    chair.phase("recovery")
    for _ in range(31):
        chair.session.t0 -= 117
        chair.take(Oximetry(97, 78), "oximeter")
    for _ in range(2):
        chair.take(BloodPressure(142, 86, 100, pulse_rate_per_min=76), "cuff")
        chair.ask("chart", event="scale.moaas", value=5)
        chair.session.t0 -= 60
        chair.take(Oximetry(97, 78), "oximeter")
    for condition in ("oximeter_no_data", "hr_no_data"):
        chair.ask("acknowledge", condition=condition, up_to_seq=chair.session.state.seq)
    desk.look()


def test_discharge_opens_when_nothing_is_open_and_is_recorded() -> None:
    def act(desk: AtEngine) -> None:
        recovered(desk)
        desk.press("o", "enter")
        assert "7 open: oriented" in words(text((80, 24), desk.drawn()))
        desk.press(*"1234567", "7")
        assert "1 of 14 open" in text((80, 24), desk.drawn())
        desk.press("7", "enter", "y")
        assert desk.sent[-1][0] == "end"
        assert desk.chair.host.ending.is_set()

    (kept,) = [e for e in played(act).kept.of("discharge") if e.body.event.endswith("criteria")]
    assert (kept.body.text, kept.body.reason) == ("all met", None)


def test_discharge_with_open_items_takes_a_reason_and_a_name() -> None:
    def act(desk: AtEngine) -> None:
        recovered(desk)
        assert not desk.chair.ask("end", discharge=True).ok
        assert not desk.chair.ask("end", discharge=True, override="transferred").ok
        desk.press("o", "0", *"transferred", "enter", *"anna", "enter", "y")
        assert desk.chair.host.ending.is_set()
        assert desk.chair.host.end_by is not None
        assert desk.chair.host.end_by.person == "anna"

    (kept,) = [e for e in played(act).kept.of("discharge") if e.body.event.endswith("criteria")]
    assert kept.body.reason == "transferred"
    assert kept.by is not None
    assert kept.by.person == "anna"
    assert (kept.body.text or "").startswith("open: oriented")


def test_discharge_is_only_offered_in_recovery() -> None:
    def act(desk: AtEngine) -> None:
        desk.press("o")
        assert desk.choices.panel is None
        assert desk.said == ["discharge comes with recovery: g goes on with the session"]
        assert not desk.chair.ask("end", discharge=True).ok

    played(act)


def test_every_page_shows_all_that_can_be_chosen_on_every_screen() -> None:
    def act(desk: AtEngine) -> None:
        recovered(desk)
        for keys in (("i",), ("escape",), ("9",), ("escape", "enter"), ("escape", "escape", "o"),
                     ("enter",), ("escape", "g"), ("3",), ("y",)):  # fmt: skip
            desk.press(*keys)
            for size in TILED:
                shown = text(size, desk.drawn())
                assert "below" not in shown, keys
                assert "esc back" in shown.splitlines()[-1]
                assert type(desk.choices.panel) in LOOKS

    played(act)


def test_summary_tells_who_takes_over_what_was() -> None:
    def act(desk: AtEngine) -> None:
        recovered(desk)
        desk.chair.ask("chart", event="dose.iv_start", value=36, override="x")
        desk.chair.ask("chart", event="symptom.nausea", value=2)
        for _ in range(400):  # more events than are kept
            desk.chair.ask("rhythm", irregular=False)
        desk.look()
        desk.press("f")
        shown = words(text((200, 60), replace(desk.drawn(), scroll=0)))
        for part in ("140/84", "SYS 142 at", "BP 142/86", "infusion started 36 mg",
                     "nausea moderate", "oriented"):  # fmt: skip
            assert part in shown, part

    played(act)
