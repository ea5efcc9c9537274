"""Limits changed at the chair: checked as a file would be, with a reason, beside the profile."""

from typing import Any

import pytest

from ketamon.core.profile import parse_profile
from ketamon.engine.limit_changes import SETTINGS, changed, differences, setting
from ketamon.entries import Limits
from ketamon.feed.alarm_views import SettingView
from ketamon.profiles import FOLDER, load_profile
from tests.engine.chairside import LIMITS, Chairside, at_a_chair

SYS = "sys.high.medium"
WHY = "ordered by the physician"


def asked(*commands: dict[str, Any], seat: str = "nurse", **how: Any) -> Chairside:
    """A chair at which these `limits` commands were given; what was answered is in `answers`."""

    async def scene(chair: Chairside) -> None:
        chair.answers = [chair.ask("limits", seat, **args) for args in commands]  # type: ignore[attr-defined]

    return at_a_chair(scene, **how)


def answers(chair: Chairside) -> list[str]:
    """The refusals, `ok` where there was none."""
    return [a.reason or "ok" for a in chair.answers]  # type: ignore[attr-defined]


def test_change_is_an_entry_beside_the_profile_with_old_new_who_and_why() -> None:
    chair = asked({"changes": {SYS: 170, "spo2.low.high": None}, "reason": WHY})
    first, second = chair.kept.of("limits")
    assert first.body.profile == LIMITS
    assert second.body.changed == {SYS: (160, 170), "spo2.low.high": (90, None)}
    assert (second.body.reason, second.by.seat) == (WHY, "nurse")
    assert second.body.approval is None
    assert second.body.profile["sys"]["high"] == {"medium": 170, "high": 180}
    assert chair.session.state.profile == parse_profile(second.body.profile)
    view = chair.session.projector.snapshot(0, 1.0, "SIMULATED").limits
    assert view is not None
    assert view.changed == (
        SettingView(SYS, 170, 160, second.t_ms / 1000, second.by.account, WHY),
        SettingView("spo2.low.high", None, 90, second.t_ms / 1000, second.by.account, WHY),
    )
    event = chair.session.projector.snapshot(0, 1.0, "SIMULATED").events[-1]
    assert event.text == (
        f"limits: SYS high, medium 160 → 170; SpO2 low, high 90 → OFF: {WHY}"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("args", "why"),
    [
        ({"changes": {SYS: 190}}, "limits: sys.high: medium 190 lies beyond high 180; swap them"),
        ({"changes": {SYS: 59}}, "limits: sys.high.medium: 59 is outside 60–260 mmHg"),
        ({"changes": {"sys.low.medium": 170}},
         "limits: sys: low 170 is not below high 160; they are crossed"),
        ({"changes": {SYS: 160}}, "limits: nothing would change"),
        ({"changes": {}}, "limits: say which to change, as in sys.high.medium"),
        ({"changes": [SYS]}, "limits: say which to change, as in sys.high.medium"),
        ({"changes": {"spo2.high.medium": 99}},
         "spo2.high.medium: no such limit; as in sys.high.medium"),
        ({"changes": {"alarm.audio_pause_s.x": 1}},
         "alarm.audio_pause_s.x: no such limit; as in sys.high.medium"),
        ({"changes": {SYS: "170"}}, "sys.high.medium: give a number, or null to turn it off"),
        ({"changes": {SYS: True}}, "sys.high.medium: give a number, or null to turn it off"),
        ({"back": True}, "limits: nothing would change"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_the_reason_that_a_file_would_get(
    args: dict[str, Any], why: str
) -> None:
    chair = asked({**args, "reason": WHY}, {**args, "check": True})
    assert answers(chair) == [why, why]
    assert len(chair.kept.of("limits")) == 1


def test_change_without_a_reason_is_refused_and_trying_one_changes_nothing() -> None:
    chair = asked({"changes": {SYS: 170}}, {"changes": {SYS: 170}, "check": True})
    assert answers(chair) == ["limits: say why they are changed", "ok"]
    assert len(chair.kept.of("limits")) == 1


def test_change_against_limits_that_somebody_changed_meanwhile_is_refused() -> None:
    mine = {"changes": {SYS: 165}, "was": {SYS: 160}, "reason": WHY}
    chair = asked({"changes": {SYS: 170}, "was": {SYS: 160}, "reason": WHY}, mine)
    assert answers(chair) == [
        "ok", "limits: somebody has changed them meanwhile; look at them again"
    ]  # fmt: skip
    assert len(chair.kept.of("limits")) == 2


def test_back_takes_all_changes_back_and_counts_none() -> None:
    chair = asked(
        {"changes": {SYS: 170}, "reason": WHY},
        {"changes": {"map.high.medium": 110, "sys.low.high": 70}, "reason": WHY},
        {"back": True, "reason": "as approved"},
    )
    assert answers(chair) == ["ok"] * 3
    assert chair.kept.of("limits")[-1].body.profile == LIMITS
    view = chair.session.projector.snapshot(0, 1.0, "SIMULATED").limits
    assert view is not None
    assert view.changed == ()


def test_what_was_changed_is_known_again_after_a_restart() -> None:
    before = asked({"changes": {SYS: 170}, "reason": WHY})

    async def nothing(_chair: Chairside) -> None: ...

    again = at_a_chair(nothing, before=before.kept.entries)
    assert (
        again.session.projector.snapshot(0, 1.0, "SIMULATED").limits
        == before.session.projector.snapshot(0, 1.0, "SIMULATED").limits
    )


def test_new_limit_is_in_force_at_once() -> None:
    async def scene(chair: Chairside) -> None:
        chair.bind()
        chair.phase()
        await chair.until(MEASURED_S)
        chair.systolic = 150
        chair.ask("limits", changes={SYS: 145}, reason=WHY)

    chair = at_a_chair(scene)
    assert [change for _, change in chair.changes("sys_high")] == ["raised"]


MEASURED_S = 60.0


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_every_limit_of_a_shipped_profile_has_a_name(path: Any) -> None:
    raw = load_profile(path).raw
    off = changed(raw, dict.fromkeys(SETTINGS))
    named = {key for key in SETTINGS if setting(raw, key) is not None}
    assert differences(raw, off).keys() == named
    left = parse_profile(off).vitals.values()
    assert not any(limits.high or limits.low for limits in left)
    assert setting(off, SYS) is None


def test_limits_taken_from_a_file_begin_anew() -> None:
    async def scene(chair: Chairside) -> None:
        chair.ask("limits", changes={SYS: 170}, reason=WHY)
        approval = {"name": "P1", "date": "2026-11-03"}
        chair.take(
            Limits({"profile": {"name": "other"}, "dia": {"high": {"medium": 99}}}, approval)
        )

    view = at_a_chair(scene).session.projector.snapshot(0, 1.0, "SIMULATED").limits
    assert view is not None
    assert (view.name, view.approved, view.changed) == ("other", "P1, 2026-11-03", ())
