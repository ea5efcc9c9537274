"""Away, skip, the sound test and stored readings: asked in few keys, never without what is needed."""

from typing import Any

import pytest

from ketamon.feed.beside import AudioView
from ketamon.feed.messages import AwayView, QuarantineView, VitalView
from ketamon.tui.screens.panels import LOOKS
from tests.tui.desk import FakeDesk
from tests.tui.scenes import NOW, TILED, condition, scene, text, vital, words

every_tiled_size = pytest.mark.parametrize("size", [*TILED, (60, 20)], ids=str)
STORED = (
    QuarantineView(31, NOW - 300, "cuff", 148, 92, 80, "2020-01-01T00:00:00"),
    QuarantineView(44, NOW - 60, "cuff", 160, 95),
)
GONE = AwayView(NOW - 60, NOW + 372, ("oximeter",))


@pytest.mark.parametrize(
    ("keys", "changes", "sent"),
    [
        ("w1y", {}, ("away", {"minutes": 10, "sensors": ["oximeter"], "reason": "toilet"})),
        ("wy", {"phase": "recovery"}, ("away", {"minutes": 10, "sensors": ["oximeter"]})),
        ("wy", {"away": GONE}, ("away", {"minutes": 0, "sensors": ["oximeter"]})),
        ("s2y", {}, ("cuff", {"action": "skipped", "reason": "the patient sleeps"})),
        ("k2", {"quarantine": STORED}, ("review_reading", {"seq": 31, "verdict": "set_aside"})),
        ("k1", {"quarantine": STORED}, ("review_reading", {"seq": 31, "verdict": "accept"})),
    ],
)
def test_it_takes_three_keys_at_most(
    keys: str, changes: dict[str, Any], sent: tuple[str, dict[str, Any]]
) -> None:
    desk = FakeDesk(scene(**changes))
    desk.press(*keys)
    assert desk.sent == [sent]


@pytest.mark.parametrize("keys", ["wy", "sy"])
def test_while_dosing_nothing_is_sent_without_a_reason(keys: str) -> None:
    desk = FakeDesk()
    desk.press(*keys)
    assert desk.sent == []
    assert "why? a digit, or 0 and own words" in words(text((60, 20), desk.drawn()))


def test_minutes_and_sensors_are_chosen() -> None:
    desk = FakeDesk(scene(phase="recovery"))
    desk.press("w", "right", "down", "left", "down", "right", "y")
    assert desk.sent == [("away", {"minutes": 15, "sensors": ["cuff"]})]


def test_away_from_nothing_is_not_sent() -> None:
    desk = FakeDesk(scene(phase="recovery"))
    desk.press("w", "down", "left", "y")
    assert desk.sent == []
    assert "from which sensor?" in text((80, 24), desk.drawn())


def test_absence_is_extended_once() -> None:
    desk = FakeDesk(scene(phase="recovery", away=GONE))
    desk.press("w", "right", "y")
    assert desk.sent == [("away", {"minutes": 5, "sensors": ["oximeter"]})]
    late = AwayView(GONE.since_t, GONE.until_t, GONE.sensors, True)
    desk = FakeDesk(scene(phase="recovery", away=late))
    desk.press("w", "right", "y")
    assert desk.sent == [("away", {"minutes": 0, "sensors": ["oximeter"]})]


def test_sound_test_is_answered_once_it_was_played() -> None:
    desk = FakeDesk()
    desk.press("u", "1")
    assert desk.sent == [("test_sound", {})]
    desk.picture.audio = AudioView("device", "speaker", "", 1, "played")
    desk.press("2")
    assert desk.sent[-1] == ("heard", {"heard": False})
    desk.press("u")
    assert desk.sent[-1] == ("heard", {"heard": False}), "it was played already"
    desk.press("escape")
    assert desk.choices.panel is None


def test_other_stored_reading_is_chosen_and_both_are_shown_with_their_clock() -> None:
    desk = FakeDesk(scene(quarantine=STORED))
    desk.press("k")
    shown = words(text((60, 20), desk.drawn()))
    for part in ("148/92", "160/95", "its clock: 2020-01-01T00:00:00", "its clock is not set"):
        assert part in shown
    desk.press("down", "1")
    assert desk.sent == [("review_reading", {"seq": 44, "verdict": "accept"})]


@every_tiled_size
def test_stored_readings_are_told_in_the_status_line(size: tuple[int, int]) -> None:
    assert "2 stored readings to review" in text(size, scene(quarantine=STORED))


@every_tiled_size
def test_what_is_held_or_suspended_is_told(size: tuple[int, int]) -> None:
    held: VitalView = vital("spo2", 84, held="medium")
    assert "SpO2 low HELD" in text(size, scene(held))
    assert "rise limits SUSPENDED" in text(size, scene(vital("sys", 131, 60.0, suspended="arm")))


@every_tiled_size
@pytest.mark.parametrize("key", ["w", "s", "k", "u", "l"])
def test_no_panel_covers_an_alarm_and_each_shows_all_that_can_be_chosen(
    size: tuple[int, int], key: str
) -> None:
    desk = FakeDesk(scene(conditions=(condition(),), quarantine=STORED))
    desk.press(key)
    shown = text(size, desk.drawn())
    assert "** SYS HIGH 172 > 160" in words("\n".join(shown.splitlines()[:3]))
    assert "esc back" in shown.splitlines()[-1]
    assert "below" not in shown
    assert type(desk.choices.panel) in LOOKS
