"""Who watches a chair: screens count by what they drew, and who relies on one is told of its loss."""

from dataclasses import dataclass

from ketamon.engine.presence import LOST_S
from ketamon.entries import By
from ketamon.feed.beside import FRESH_S, Viewers
from tests.engine.chairside import Chairside, at_a_chair


@dataclass
class Screen:
    """A viewer as the server knows it."""

    seat: str = "nurse"
    account: str = "ann"
    undrawn_s: int | None = 0
    trip_s: float | None = 0.02


def faults(chair: Chairside) -> list[str]:
    return [
        " ".join(word for word in (f.body.what, f.body.detail, f.body.who) if word)
        for f in chair.kept.of("fault")
    ]


def look(chair: Chairside, seconds: int, *screens: Screen, drawing: bool = True) -> None:
    """Seconds pass, in which these screens draw, or only stay connected."""
    for _ in range(seconds):
        for screen in screens:
            screen.undrawn_s = 0 if drawing else (screen.undrawn_s or 0) + 1
        chair.host.presence.look(screens)


def test_no_screen_at_the_chair_is_told_after_10_s_and_back_with_the_first_frame() -> None:
    async def act(chair: Chairside) -> None:
        chair.phase("dosing")
        screen = Screen()
        look(chair, 30, screen)
        look(chair, LOST_S - 1)
        assert faults(chair) == []
        look(chair, 1)
        assert faults(chair) == ["screen lost"]
        look(chair, 60)
        assert faults(chair) == ["screen lost"]
        look(chair, 1, screen)
        assert faults(chair) == ["screen lost", "screen back"]

    chair = at_a_chair(act, mode="LIVE")
    assert [c for _, c in chair.changes("no_screen_at_chair")] == ["raised", "cleared"]


def test_a_screen_that_is_connected_and_draws_nothing_is_none() -> None:
    async def act(chair: Chairside) -> None:
        chair.phase("dosing")
        screen = Screen()
        look(chair, 1, screen)
        look(chair, LOST_S, screen, drawing=False)
        assert faults(chair) == ["screen lost"]

    at_a_chair(act)


def test_only_the_screen_at_the_chair_counts_and_only_while_somebody_is_treated() -> None:
    async def act(chair: Chairside) -> None:
        look(chair, 100)
        assert faults(chair) == []
        chair.phase("dosing")
        look(chair, LOST_S, Screen(seat="physician"), Screen(seat="observer"))
        assert faults(chair) == ["screen lost"]

    at_a_chair(act, mode="LIVE")


def test_in_a_simulated_session_the_trainer_sits_at_the_chair() -> None:
    async def act(chair: Chairside) -> None:
        chair.phase("dosing")
        look(chair, 2 * LOST_S, Screen(seat="trainer"))
        assert faults(chair) == []

    at_a_chair(act)


def test_who_took_responsibility_and_sees_nothing_any_more_is_told_at_the_chair() -> None:
    async def act(chair: Chairside) -> None:
        doctor, nurse = Screen("physician", "drx"), Screen()
        chair.host.presence.answer("takes", "sys_high", By("drx", "physician"))
        look(chair, 5, doctor, nurse)
        look(chair, LOST_S, nurse)
        assert faults(chair) == ["viewer lost drx"]
        look(chair, 1, doctor, nurse)
        assert faults(chair) == ["viewer lost drx", "viewer back drx"]

    chair = at_a_chair(act, mode="LIVE")
    assert [c for _, c in chair.changes("viewer_lost")] == ["raised", "cleared"]
    [taken] = chair.kept.of("person")
    assert (taken.body.state, taken.body.condition) == ("takes", "sys_high")


def test_who_can_not_take_it_is_not_missed() -> None:
    async def act(chair: Chairside) -> None:
        chair.host.presence.answer("takes", None, By("drx", "physician"))
        look(chair, LOST_S, Screen())
        chair.host.presence.answer("cannot", None, By("drx", "physician"))
        look(chair, 60, Screen())
        assert faults(chair) == ["viewer lost drx", "viewer back drx"]

    at_a_chair(act, mode="LIVE")


def test_a_session_that_goes_on_knows_who_took_responsibility_and_what_was_lost() -> None:
    async def act(chair: Chairside) -> None:
        chair.phase("dosing")
        chair.host.presence.answer("takes", None, By("drx", "physician"))
        look(chair, LOST_S)
        assert faults(chair) == ["screen lost", "viewer lost drx"]

    before = at_a_chair(act, mode="LIVE").kept.entries

    async def again(chair: Chairside) -> None:
        chair.host.know_again(before)
        look(chair, 3, Screen(), Screen("physician", "drx"))
        assert faults(chair) == ["screen back", "viewer back drx"]

    at_a_chair(again, mode="LIVE", before=before)


def test_viewers_are_told_when_they_come_go_or_are_no_longer_fresh() -> None:
    told: list[Viewers] = []

    async def act(chair: Chairside) -> None:
        chair.host.presence.tell = told.append
        doctor, nurse, tail = Screen("physician", "drx"), Screen(), Screen("observer", "tim", None)
        look(chair, 10, doctor, nurse)
        chair.host.presence.look([tail])
        look(chair, 10, doctor, nurse)
        assert [[v.who for v in t.viewers] for t in told] == [["ann", "drx"], [], ["ann", "drx"]]
        look(chair, 20, doctor, drawing=False)
        assert [(v.who, v.silent_s) for v in told[-1].viewers] == [("drx", FRESH_S)]

    at_a_chair(act, mode="LIVE")
