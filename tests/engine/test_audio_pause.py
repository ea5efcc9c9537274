"""A pause of the chair's sound: whose it is, how long it lasts, and what it does not cover."""

import pytest

from ketamon.engine.audio_pause import AudioPause
from ketamon.entries import Alarm, By, Entry, PauseAudio, make
from ketamon.feed.parts import PauseView
from tests.engine.chairside import Chairside, at_a_chair

NURSE = By("ann", "nurse")


def asked(t: float, seconds: float | None, by: By | None = NURSE) -> Entry:
    return make(1, round(t * 1000), PauseAudio(seconds), by=by)


def changed(t: float, change: str) -> Entry:
    return make(
        2, round(t * 1000), Alarm("sys_high", change, "active", "medium", 172, 160, "absolute")
    )


def test_a_pause_lasts_as_long_as_was_asked_or_as_the_profile_says_and_never_over_180_s() -> None:
    pause = AudioPause()
    assert pause.take(asked(10, 60), 120) == PauseView(10, 70, "ann")
    assert pause.take(asked(20, None), 120) == PauseView(20, 140, "ann")
    assert pause.take(asked(30, 9999), 120) == PauseView(30, 210, "ann")
    assert pause.at(209.9) is not None
    assert pause.at(210) is None


def test_a_pause_is_ended_by_who_asked_for_none() -> None:
    pause = AudioPause()
    pause.take(asked(10, 60), 120)
    assert pause.take(asked(20, 0), 120) == PauseView()
    assert pause.take(asked(21, 0), 120) is None


@pytest.mark.parametrize("change", ["raised", "escalated", "realarmed"])
def test_what_comes_anew_rises_or_re_alarms_breaks_a_pause(change: str) -> None:
    pause = AudioPause()
    pause.take(asked(10, 60), 120)
    assert pause.take(changed(20, change), 120) == PauseView()
    assert pause.at(20) is None


@pytest.mark.parametrize(
    "change", ["resumed", "deescalated", "confirmed", "cleared", "unresolved", "acknowledged", "seen", "latched", "unanswered"]
)  # fmt: skip
def test_nothing_else_breaks_it(change: str) -> None:
    pause = AudioPause()
    pause.take(asked(10, 60), 120)
    assert pause.take(changed(20, change), 120) is None
    assert pause.at(20) == PauseView(10, 70, "ann")


@pytest.mark.parametrize("seat", ["physician", "observer"])
def test_a_seat_elsewhere_pauses_nothing_here(seat: str) -> None:
    pause = AudioPause()
    assert pause.take(asked(10, 60, By("drx", seat)), 120) is None
    assert pause.at(11) is None


def test_a_pause_is_in_the_picture_and_over_180_s_is_refused() -> None:
    async def act(chair: Chairside) -> None:
        assert chair.ask("pause_audio").ok
        pause = chair.session.snapshot().pause
        assert pause is not None
        assert pause.until_t == 120
        refused = chair.ask("pause_audio", seconds=181)
        assert refused.reason == "a pause lasts at most 180 s; 0 ends it"
        assert chair.ask("pause_audio", seconds=0).ok
        assert chair.session.snapshot().pause is None
        assert not chair.ask("pause_audio", "physician", seconds=60).ok

    at_a_chair(act)
