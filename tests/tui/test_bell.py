"""The terminal's bell: where, for what and how often it rings."""

import pytest

from ketamon.feed.messages import AudioView, ConditionView, Hello, PauseView
from ketamon.feed.picture import Picture
from ketamon.tui.bell import Bell

BY_BELL = AudioView("bell", why="no card")


def picture(seat: str = "nurse", mode: str = "LIVE", audio: AudioView = BY_BELL) -> Picture:
    made = Picture(hello=Hello(1, "s", "e", mode, seat, 0, 1.0), mode=mode, audio=audio)
    made.conditions["spo2_low"] = ConditionView("spo2_low", "active", "high")
    return made


def rings(shown: Picture, seconds: int, bell: Bell | None = None, **how: bool) -> list[int]:
    """The seconds at which it rings, looked at in each."""
    bell = bell or Bell()
    return [s for s in range(seconds) if bell.due(shown, s, **how) is not None]  # type: ignore[arg-type]


def test_the_bell_rings_once_a_burst() -> None:
    assert rings(picture(), 25) == [0, 10, 20]


@pytest.mark.parametrize("by", ["device", "none", ""])
def test_it_is_silent_while_something_else_sounds_or_nothing_is_known(by: str) -> None:
    assert rings(picture(audio=AudioView(by)), 25) == []


@pytest.mark.parametrize(
    ("seat", "mode", "rung"),
    [
        ("physician", "LIVE", False),
        ("observer", "LIVE", False),
        ("trainer", "SIMULATED", True),
        ("nurse", "REPLAY", False),
    ],
)
def test_it_rings_at_the_chair_alone(seat: str, mode: str, rung: bool) -> None:
    assert bool(rings(picture(seat, mode), 5)) is rung


def test_it_rings_at_once_when_the_sound_process_is_gone() -> None:
    shown, bell = picture(audio=AudioView("device")), Bell()
    assert rings(shown, 8, bell) == []
    shown.audio = BY_BELL
    assert bell.due(shown, 8) is not None


def test_a_pause_and_a_lost_link_are_silent() -> None:
    shown = picture()
    shown.pause = PauseView(0, 60)
    assert rings(shown, 59) == []
    assert rings(picture(), 25, lost=True) == []


def test_a_test_rings_once_where_the_bell_is_what_sounds() -> None:
    shown, bell = picture(), Bell()
    shown.conditions.clear()
    assert rings(shown, 3, bell) == []
    shown.audio = AudioView("bell", tests=1, test="asked")
    burst = bell.due(shown, 4)
    assert burst is not None
    assert burst.condition == "test"
    assert bell.due(shown, 5) is None
