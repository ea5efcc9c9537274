"""Who sounds at a chair, that nobody does, and what a person heard of a test."""

from typing import Any

import pytest

from ketamon.engine.audio import BEGINS_S, PLAYED_WITHIN_S, SILENT_S
from ketamon.feed.beside import AudioView
from tests.engine.chairside import Chairside, at_a_chair


def look(chair: Chairside, seconds: int = 1, *, there: bool = True, draws: bool = True) -> str:
    for _ in range(seconds):
        chair.host.audio.look(is_there=there, screen_draws=draws)
    return chair.host.audio.view.by


def says(chair: Chairside, **how: Any) -> None:
    assert chair.ask("sound", "sound", **{"can": True, "device": "Alsa", **how}).ok


def faults(chair: Chairside) -> list[tuple[str, str]]:
    return [(f.body.detail, f.body.reason or "") for f in chair.kept.of("fault")]


def test_the_sound_process_sounds_while_it_says_that_it_can() -> None:
    async def act(chair: Chairside) -> None:
        assert look(chair, BEGINS_S - 1) == ""
        says(chair)
        assert look(chair) == "device"
        assert chair.host.audio.view.device == "Alsa"
        assert look(chair, SILENT_S - 1) == "device"
        assert look(chair) == "bell"
        says(chair)
        assert look(chair) == "device"
        assert look(chair, there=False) == "bell"
        says(chair, can=False, why="no card")
        assert look(chair) == "bell"
        assert chair.host.audio.view.why == "no card"
        assert faults(chair) == []

    at_a_chair(act)


def test_where_nobody_can_sound_that_is_a_fault_until_somebody_can() -> None:
    async def act(chair: Chairside) -> None:
        says(chair, can=False, why="no card")
        assert look(chair, 3, draws=False) == "none"
        assert not chair.host.audio.view.ok
        assert faults(chair) == [("failing", "no sound is given: no card")]
        look(chair)
        assert [detail for detail, _ in faults(chair)] == ["failing", "back"]

    chair = at_a_chair(act)
    assert [c for _, c in chair.changes("audio_failing")] == ["raised", "cleared"]


def test_a_sound_process_that_never_comes_is_missed() -> None:
    async def act(chair: Chairside) -> None:
        assert look(chair, BEGINS_S, there=False, draws=False) == "none"
        assert faults(chair) == [
            ("failing", "no sound is given: the sound process does not answer")
        ]

    at_a_chair(act)


def test_a_test_is_asked_for_played_and_answered() -> None:
    told: list[AudioView] = []

    async def act(chair: Chairside) -> None:
        chair.host.audio.tell = told.append
        assert not chair.ask("test_sound").ok
        says(chair)
        look(chair)
        assert not chair.ask("heard", heard=True).ok
        assert chair.ask("test_sound").ok
        assert chair.ask("announced", "sound", what="test", where="Alsa", ok=True).ok
        assert chair.ask("heard", heard=True).ok

    chair = at_a_chair(act)
    assert [(view.tests, view.test) for view in told] == [
        (0, ""), (1, "asked"), (1, "played"), (1, "heard"),
    ]  # fmt: skip
    said = [(e.body.where, e.body.heard, e.by and e.by.seat) for e in chair.kept.of("announced")]
    assert said == [("Alsa", None, "sound"), ("Alsa", True, "nurse")]


def test_a_test_that_was_not_heard_is_a_fault_until_one_is() -> None:
    async def act(chair: Chairside) -> None:
        says(chair)
        look(chair)
        for heard in (False, True):
            chair.ask("test_sound")
            chair.ask("announced", "sound", what="test", where="Alsa", ok=True)
            chair.ask("heard", heard=heard)
            assert chair.host.audio.view.ok is heard

    chair = at_a_chair(act)
    assert [detail for detail, _ in faults(chair)] == ["failing", "back"]


@pytest.mark.parametrize("ok", [False, None])
def test_a_test_that_did_not_work_or_never_came_back_has_failed(ok: bool | None) -> None:
    async def act(chair: Chairside) -> None:
        says(chair)
        look(chair)
        chair.ask("test_sound")
        if ok is False:
            chair.ask("announced", "sound", what="test", where="Alsa", ok=ok)
        else:
            look(chair, PLAYED_WITHIN_S + 1)
        assert chair.host.audio.view.test == "failed"

    at_a_chair(act)


def test_a_session_that_goes_on_tells_no_fault_twice() -> None:
    async def act(chair: Chairside) -> None:
        look(chair, BEGINS_S, draws=False, there=False)

    before = at_a_chair(act).kept.entries

    async def again(chair: Chairside) -> None:
        chair.host.know_again(before)
        look(chair, 3 * BEGINS_S, draws=False, there=False)
        assert faults(chair) == []
        says(chair)
        look(chair)
        assert [detail for detail, _ in faults(chair)] == ["back"]

    at_a_chair(again, before=before)
