"""Limits: shown to all, changed in few keys with a reason, checked by the engine, back in two."""

from dataclasses import replace
from typing import Any

import pytest

from ketamon.engine.limit_changes import SETTINGS, setting
from ketamon.feed.alarm_views import SettingView
from ketamon.feed.messages import Answer, LimitsView
from ketamon.profiles import FOLDER, load_profile
from ketamon.tui.panels.limits import Limits
from ketamon.tui.scene import Scene
from tests.tui.desk import FakeDesk
from tests.tui.reading import figures
from tests.tui.scenes import NOW, TILED, condition, drawn, limits, scene, text, vital, words

every_tiled_size = pytest.mark.parametrize("size", [*TILED, (60, 20)], ids=str)
RAW = load_profile(FOLDER / "iv_adult.toml").raw
ALARM = condition(value=172, worst=174)


def view(physician: bool = False, **changed: float | None) -> LimitsView:
    """The shipped profile with these limits changed (`sys_high_medium`)."""
    new = {key.replace("_", ".", 1).replace("_", ".", 1): value for key, value in changed.items()}
    settings = tuple(
        SettingView(key, new[key], setting(RAW, key), NOW - 600, "anna", "as ordered")
        if key in new else SettingView(key, setting(RAW, key), setting(RAW, key))
        for key in SETTINGS
    )  # fmt: skip
    return LimitsView("IV infusion", 3, "P1, 2026-11-03", settings, physician=physician)


def at_the_chair(*alarms: Any, known: LimitsView | None = None, **changes: Any) -> Scene:
    """A chair on that profile; no baseline unless one is given."""
    return scene(
        vital("sys", 172, 42.0, **changes), conditions=alarms, limits=known or view()
    )  # fmt: skip


def panel(desk: FakeDesk) -> Limits:
    """The open panel."""
    assert isinstance(desk.choices.panel, Limits)
    return desk.choices.panel


def test_three_keys_from_an_alarm_to_this_sessions_new_limit_with_reason() -> None:
    desk = FakeDesk(at_the_chair(ALARM))
    desk.press("l", "1", "y")
    assert desk.sent == [
        (
            "limits",
            {
                "changes": {"sys.high.medium": 175},
                "was": {"sys.high.medium": 160},
                "reason": "physician's order",
            },
        )
    ]
    assert desk.said == ["limits: SYS high, medium: 160 → 175"]
    assert desk.choices.panel is None


@pytest.mark.parametrize(
    ("alarm", "known", "changes"),
    [
        (condition("spo2_low", value=92, worst=91, limit=94), {}, {"spo2.low.medium": 90}),
        (condition("spo2_low", "high", value=86, worst=84, limit=85), {"spo2": "high_now"},
         {"spo2.low.high_now": 83}),
        (condition("hr_high", value=111, worst=118, limit=110), {}, {"hr.high.medium": 120}),
        (condition("sys_high", "high", value=186, limit=180), {}, {"sys.high.high": 190}),
        (condition(value=179, worst=179), {}, {"sys.high.medium": 180}),
        (condition("hr_high", value=130, limit=110), {}, {"hr.high.medium": 130}),
    ],
)  # fmt: skip
def test_proposal_is_the_next_round_number_beyond_the_worst_value(
    alarm: Any, known: dict[str, str], changes: dict[str, float]
) -> None:
    levels = limits({"medium": 94, "high": 90})
    if known:
        levels = (*levels, replace_level(levels[1], "high_now", 85))
    shown = scene(vital("spo2", 92, low=levels), conditions=(alarm,), limits=view())
    desk = FakeDesk(shown)
    desk.press("l")
    assert dict(panel(desk).new) == changes


def replace_level(level: Any, name: str, limit: float) -> Any:
    """Another level of the same priority."""
    return type(level)(name, level.priority, limit)


def test_alarm_of_the_baseline_moves_all_the_limits_that_would_keep_it() -> None:
    alarm = condition(value=172, worst=172, limit=168, basis="baseline")
    desk = FakeDesk(at_the_chair(alarm, known=view(sys_high_medium=180), baseline=138))
    desk.press("l")
    assert dict(panel(desk).new) == {"sys.rise_mmhg.medium": 37, "sys.rise_pct.medium": 27}


def test_each_step_is_tried_by_the_engine_and_its_reason_is_shown() -> None:
    desk = FakeDesk(at_the_chair(), answer=Answer(1, False, "limits: low is not below high"))
    desk.press("l", "right")
    assert desk.sent == [("limits", {"changes": {"sys.high.medium": 165}, "check": True})]
    assert panel(desk).said == "limits: low is not below high"
    assert "limits: low is not below" in words(text((80, 24), desk.drawn()))


def test_nothing_is_sent_without_a_reason() -> None:
    desk = FakeDesk(at_the_chair(ALARM))
    desk.press("l", "y")
    assert desk.sent == []
    assert panel(desk).said == "why? a digit, or 0 and own words"


def test_own_words_take_every_key_as_a_letter_and_the_lane_offers_no_space() -> None:
    desk = FakeDesk(at_the_chair(ALARM))
    desk.press("l", "0", *"by P1", " ", "q", "backspace", "b")
    assert panel(desk).reason == "by P1 b"
    assert "SPACE" not in text((80, 24), desk.drawn())
    desk.press("enter", "y")
    assert desk.sent[-1][1]["reason"] == "by P1 b"
    assert len(desk.sent) == 1


def test_back_to_the_profile_is_one_key_and_a_yes() -> None:
    known = view(sys_high_medium=175, spo2_low_medium=None)
    desk = FakeDesk(at_the_chair(known=known))
    desk.press("l", "r")
    assert "SYS high, medium: 175 → 160" in text((80, 24), desk.drawn())
    desk.press("y")
    changes = {"sys.high.medium": 160, "spo2.low.medium": setting(RAW, "spo2.low.medium")}
    was = {"sys.high.medium": 175, "spo2.low.medium": None}
    assert desk.sent == [
        ("limits", {"changes": changes, "was": was, "reason": "back to the profile"})
    ]


def test_esc_leaves_everything_as_it_was() -> None:
    desk = FakeDesk(at_the_chair())
    desk.press("l", "down", "tab", "right", "escape")
    assert [args.get("check") for _, args in desk.sent] == [True]
    assert desk.choices.panel is None


def test_limit_is_turned_off_and_on_again() -> None:
    desk = FakeDesk(at_the_chair())
    desk.press("l", "backspace")
    assert dict(panel(desk).new) == {"sys.high.medium": None}
    assert "SYS high, medium: 160 → OFF" in text((80, 24), desk.drawn())
    desk.press("right")
    assert panel(desk).new == ()


def test_dangerous_limit_asks_once_more() -> None:
    desk = FakeDesk(at_the_chair())
    desk.choices.panel = replace(
        Limits(settings=view().settings, at="spo2.low.high", may=True),
        new=(("spo2.low.high", 84),), reason="x",
    )  # fmt: skip
    desk.press("y")
    assert desk.sent == []
    assert panel(desk).said == "SpO2 low, high would be 84: y again if it is so"
    desk.press("y")
    assert len(desk.sent) == 1


@pytest.mark.parametrize(
    ("mode", "seat", "physician", "may"),
    [("LIVE", "nurse", False, True), ("LIVE", "physician", False, False),
     ("LIVE", "physician", True, True), ("LIVE", "observer", True, False),
     ("SIMULATED", "trainer", False, True), ("REPLAY", "trainer", True, False)],
)  # fmt: skip
def test_who_may_not_change_limits_still_sees_them(
    mode: str, seat: str, physician: bool, may: bool
) -> None:
    desk = FakeDesk(scene(mode=mode, seat=seat, limits=view(physician), conditions=(ALARM,)))
    desk.press("l", "down", "right", "backspace", "1", "y")
    assert bool([name for name, _ in desk.sent if name == "limits"]) == may
    assert may or "LIMITS" in text((120, 40), desk.drawn())


@every_tiled_size
def test_panel_hides_no_alarm_and_no_number_and_shows_off(size: tuple[int, int]) -> None:
    desk = FakeDesk(at_the_chair(ALARM))
    desk.press("l")
    c = drawn(size, desk.drawn())
    found = words(c.text())
    assert "** SYS HIGH 172 > 160" in found
    if size[0] >= 80 and size[1] >= 24:
        assert sorted(figures(c)) == sorted(["172", "82", "76", "97"])
    else:
        assert "172/82" in found or "NIBP mmHg" in found
    for reason in Limits.REASONS:
        assert reason in found
    assert "160 → 175" in found
    desk.press("escape")
    desk.choices.panel = Limits(settings=view().settings, at="map.high.medium", may=True)
    assert "OFF" in text(size, desk.drawn())


@every_tiled_size
def test_header_counts_the_changes_since_the_start(size: tuple[int, int]) -> None:
    first = text(
        size, at_the_chair(known=view(sys_high_medium=175, dia_high_medium=105))
    ).splitlines()[0]
    assert "2 limits changed" in first or "2≠" in first
    assert "limit" not in text(size, at_the_chair()).splitlines()[0].lower()
