"""What a screen tells of what it has drawn: by its terminal's answers, not by being connected."""

from typing import Any

import pytest
from textual import events

from ketamon.tui import driver as module
from ketamon.tui.driver import ANSWERS_WITHIN_S, DRAINED, driver_class
from tests.tui.test_app import FakeFeed, chair, screen


class Clock:
    """Instead of the system's."""

    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


@pytest.fixture
def terminal() -> Any:
    """A driver that has no terminal yet: what it would write goes nowhere."""
    kind: Any = driver_class()
    made = object.__new__(kind)
    made.behind = made.gone = made._suspended = False
    made._asked_s = made.trip_s = made._writer_thread = None
    return made


ANSWER = events.CursorPosition(0, 0)


def test_a_terminal_that_answers_shows_what_was_drawn(clock: Clock, terminal: Any) -> None:
    terminal.ask()
    clock.now += 0.2
    terminal.process_message(ANSWER)
    assert terminal.shows
    assert terminal.trip_s == pytest.approx(0.2)


def test_one_that_answered_and_no_longer_does_shows_nothing(clock: Clock, terminal: Any) -> None:
    terminal.ask()
    terminal.process_message(ANSWER)
    terminal.ask()
    clock.now += ANSWERS_WITHIN_S - 0.1
    terminal.ask()  # it owes an answer: the time counts from the first question
    assert terminal.shows
    clock.now += 0.1
    assert not terminal.shows
    terminal.process_message(ANSWER)
    assert terminal.shows


def test_one_that_never_answers_is_believed_while_it_takes_what_is_written(
    clock: Clock, terminal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal.ask()
    clock.now += 100
    assert terminal.shows
    monkeypatch.setattr(type(terminal), "depth", DRAINED + 1)
    assert not terminal.shows


@pytest.mark.parametrize("state", ["gone", "behind", "_suspended"])
def test_a_terminal_that_was_given_back_or_is_gone_shows_nothing(terminal: Any, state: str) -> None:
    setattr(terminal, state, True)
    assert not terminal.shows


async def test_a_screen_tells_what_it_has_drawn() -> None:
    feed = FakeFeed(*chair())
    async with screen(feed).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        pilot.app._tell_drawn()  # type: ignore[attr-defined]
        await pilot.pause()
        assert feed.drawn[-1] == 60


async def test_a_screen_whose_engine_is_silent_tells_nothing() -> None:
    feed = FakeFeed(*chair())
    app = screen(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app._heard -= 60
        app.redraw()
        before = len(feed.drawn)
        app._tell_drawn()
        await pilot.pause()
        assert len(feed.drawn) == before
