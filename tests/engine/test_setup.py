"""Set-up: what is open before the dose, what waits for it, and nothing of the patient before."""

from typing import Any

from tests.engine.chairside import Chairside, at_a_chair

ARMS = {"cuff_arm": "left", "probe_arm": "right", "line_arm": "right"}


def set_up(chair: Chairside, *, leave_out: str = "") -> None:
    """All that dosing asks for, but for one part."""
    if leave_out != "who":
        chair.ask("chart", event="patient.identified", text="FK-27")
    if leave_out != "arms":
        chair.ask("placement", **ARMS)
    if leave_out != "read_back":
        chair.ask("chart", event="check.read_back", text="all of it")


def played(act: Any, mode: str = "LIVE", phase: str | None = "setup") -> Chairside:
    """A scene at a chair in its set-up."""

    async def scene(chair: Chairside) -> None:
        if phase is not None:
            chair.phase(phase)
        act(chair)

    return at_a_chair(scene, mode=mode)


def test_dosing_waits_for_identity_arms_and_reading_back_and_names_what_is_open() -> None:
    def act(chair: Chairside) -> None:
        for left, words in (
            ("who", "the patient is not identified"),
            ("arms", "on which arm the cuff is"),
            ("read_back", "not read back yet"),
        ):
            one = Chairside(mode="LIVE")
            one.phase("setup")
            set_up(one, leave_out=left)
            for asked in (
                one.ask("phase", phase="dosing"),
                one.ask("chart", event="dose.iv_start", value=36),
                one.ask("chart", event="dose.im", value=36),
                one.ask("chart", event="dose.nasal", value=1),
            ):
                assert not asked.ok
                assert words in (asked.reason or "")
            one.session.stop()
        set_up(chair)
        assert chair.ask("phase", phase="dosing").ok
        assert chair.ask("chart", event="dose.iv_start", value=36).ok

    played(act)


def test_what_is_changed_after_it_was_read_back_is_read_back_again() -> None:
    def act(chair: Chairside) -> None:
        set_up(chair)
        chair.ask("placement", cuff_arm="right")
        assert "again" in (chair.ask("phase", phase="dosing").reason or "")
        chair.ask("chart", event="check.read_back", text="all of it")
        assert chair.ask("phase", phase="dosing").ok

    played(act)


def test_gone_on_without_is_recorded_with_its_reason_once() -> None:
    def act(chair: Chairside) -> None:
        assert chair.ask("phase", phase="dosing", override="emergency").ok
        assert chair.ask("chart", event="dose.iv_start", value=36).ok

    chair = played(act)
    (kept,) = chair.kept.of("check")
    assert kept.body.event == "check.override"
    assert kept.body.reason == "emergency"
    assert "not identified" in (kept.body.text or "")


def test_session_that_began_dosing_is_not_asked() -> None:
    def act(chair: Chairside) -> None:
        assert chair.ask("phase", phase="dosing").ok
        assert chair.ask("chart", event="dose.iv_start", value=36).ok

    played(act, "SIMULATED", "dosing")
    played(act, "SIMULATED", None)


def test_struck_identity_is_open_again() -> None:
    def act(chair: Chairside) -> None:
        seq = chair.ask("chart", event="patient.identified", text="FK-27").seq
        assert chair.session.projector.flow.setup.charted.text("patient.identified") == "FK-27"
        chair.ask("strike", seq=seq, reason="the other patient")
        view = chair.session.snapshot().setup
        assert view is not None
        assert view.patient == ""
        assert view.open[0].text == "the patient is not identified"

    played(act)


def test_plan_weight_and_clash_of_arms_are_shown() -> None:
    def act(chair: Chairside) -> None:
        chair.ask("chart", event="patient.weight", value=72)
        chair.ask("chart", event="patient.plan", value=36, text="iv 40 min")
        chair.ask("placement", cuff_arm="left", probe_arm="left", line_arm="right")
        view = chair.session.snapshot().setup
        assert view is not None
        assert (view.weight_kg, view.dose_mg, view.route, view.minutes) == (72, 36, "iv", 40)
        assert any("SpO2 is held" in one.text for one in view.open)
        assert view.schedule == "– · 5 · –"

    chair = played(act)
    assert not chair.did(), "a plan is no dose: it starts no schedule"


def test_nothing_is_carried_over_from_the_session_before() -> None:
    def act(chair: Chairside) -> None:
        set_up(chair)
        following = Chairside(mode="LIVE")
        following.phase("setup")
        told = following.session.snapshot()
        assert told.setup is not None
        assert told.setup.done == {}
        assert (told.setup.patient, told.setup.weight_kg, told.placement) == ("", None, None)
        assert told.baseline is None
        following.session.stop()

    played(act)


def test_session_resumed_knows_what_was_set_up() -> None:
    def act(chair: Chairside) -> None:
        set_up(chair)

    before = played(act)

    async def later(chair: Chairside) -> None:
        assert chair.ask("phase", phase="dosing").ok

    at_a_chair(later, mode="LIVE", before=before.kept.entries)


def test_baseline_of_fewer_than_two_readings_is_not_locked() -> None:
    def act(chair: Chairside) -> None:
        assert "there are 0" in (chair.ask("baseline").reason or "")
        chair.ask("manual", systolic=140, diastolic=80)
        assert "there is 1" in (chair.ask("baseline").reason or "")
        chair.ask("manual", systolic=150, diastolic=80)
        assert chair.ask("baseline").ok

    assert len(played(act).kept.of("baseline")) == 1


def test_only_readings_of_the_last_half_hour_at_the_cuffs_place_are_shown_for_the_baseline() -> (
    None
):
    def act(chair: Chairside) -> None:
        chair.ask("placement", cuff_arm="left")
        chair.ask("manual", systolic=140, diastolic=80)
        chair.session.t0 -= 1801
        chair.ask("manual", systolic=150, diastolic=80)
        shown = chair.session.snapshot().baseline
        assert shown is not None
        assert [one.systolic for one in shown.readings] == [150]
        chair.ask("placement", cuff_arm="right")
        shown = chair.session.snapshot().baseline
        assert shown is not None
        assert shown.readings == ()

    played(act)
