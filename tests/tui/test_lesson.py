"""The demo's lesson: five words first, then space, b, m; each line until it has been followed."""

import msgspec
import pytest

from ketamon.feed.messages import CuffView, PauseView
from ketamon.tui.app import MonitorApp
from ketamon.tui.lesson import LAST_S, STEPS, Lesson
from ketamon.tui.screens.bands import EVENTS_WIDTH
from tests.tui.scenes import NOW, TILED, condition, scene, text
from tests.tui.test_app import FakeFeed, chair, shown

MEASURING = CuffView("measuring", NOW, None, True)
DONE = condition(state="acknowledged", acknowledged_t=NOW)


def test_it_opens_with_five_words() -> None:
    assert len(STEPS[0].line.split()) == 5
    assert all(len(step.line) <= EVENTS_WIDTH - 4 for step in STEPS)


def test_each_line_stays_until_it_is_followed_and_the_last_goes_by_itself() -> None:
    lesson = Lesson()
    shown = [
        (scene(at=1.0), 0), (scene(at=20.0, conditions=(condition(),)), 1),
        (scene(at=22.0, conditions=(condition(),)), 1), (scene(at=24.0, conditions=(DONE,)), 2),
        (scene(at=26.0, conditions=(DONE,), cuff=MEASURING), 3), (scene(at=28.0), 3),
        (scene(at=30.0, pause=PauseView(NOW, NOW + 120)), 4), (scene(at=35.0), 4),
    ]  # fmt: skip
    assert [lesson.line(one) for one, _ in shown] == [STEPS[at].line for _, at in shown]
    assert lesson.line(scene(at=30.0 + LAST_S)) == ""


def test_a_lost_link_has_no_lesson() -> None:
    assert Lesson().line(scene(silent_s=9.0)) == ""


@pytest.mark.parametrize("size", TILED, ids=str)
def test_it_covers_no_alarm(size: tuple[int, int]) -> None:
    one = scene(conditions=(condition(), condition("device_lost")), notice=STEPS[1].line)
    assert STEPS[1].line in text(size, one)
    assert "SYS HIGH" in text(size, one)
    assert "DEVICE LOST" in text(size, one)


async def test_escape_ends_it_and_what_is_said_comes_before_it() -> None:
    told = chair()
    calm = msgspec.structs.replace(told[1], conditions=())
    feed = FakeFeed(told[0], calm, told[2])
    app = MonitorApp(feed, clock=lambda: 1000.0, theme="dark", ascii_glyphs=False, lesson=Lesson())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert STEPS[0].line in shown(app)
        await pilot.press("space")
        assert "there was nothing to acknowledge" in shown(app)
        await pilot.press("escape")
        assert STEPS[0].line not in shown(app)
