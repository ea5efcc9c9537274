"""The screen as a program, on a headless terminal: keys arrive, commands leave, it closes as told."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from textual import events
from textual.geometry import Region, Size

from ketamon.feed.messages import (
    PROTOCOL,
    Answer,
    Beat,
    Bye,
    EntryMessage,
    FromEngine,
    Hello,
    Snapshot,
    View,
)
from ketamon.tui.app import MonitorApp
from ketamon.tui.keys import WINDOWS
from tests.tui.scenes import CUFF, NOW, OXIMETER, RESTS, STARTED, condition, vital

CHARACTERS = {"space": " ", "plus": "+", "slash": "/", "question_mark": "?", "tab": "\t"}
"""What a terminal sends for keys that Textual names."""

RAW = msgspec.Raw(b"{}")


class FakeFeed:
    """An engine that says what it is given and answers every command alike."""

    def __init__(self, *messages: FromEngine, answer: Answer | None = None) -> None:
        self.told: asyncio.Queue[FromEngine | None] = asyncio.Queue()
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.drawn: list[int | None] = []
        self.answer = answer or Answer(1, True)
        for message in messages:
            self.told.put_nowait(message)

    async def messages(self) -> AsyncIterator[FromEngine]:
        """What was given, then silence."""
        while (message := await self.told.get()) is not None:
            yield message

    async def command(self, name: str, **args: Any) -> Answer | None:
        """Keeps it."""
        self.sent.append((name, args))
        return self.answer

    async def ping(self, drawn: int | None = None, trip_s: float | None = None) -> None:
        """Keeps what was drawn."""
        del trip_s
        self.drawn.append(drawn)


def chair(mode: str = "SIMULATED", seat: str = "trainer", speed: float = 1.0) -> list[FromEngine]:
    """What a chair's engine says first."""
    vitals = tuple(vital(n, v) for n, v in (("sys", 172), ("dia", 96), ("hr", 76), ("spo2", 97)))
    return [
        Hello(PROTOCOL, "FK-27", "1", mode, seat, NOW, speed),
        Snapshot(
            60, NOW, mode, "FK-27", "chair 2", STARTED, "dosing", NOW - 60, vitals=vitals,
            conditions=(condition(),), devices=(CUFF, OXIMETER), cuff=RESTS,
        ),
        Beat(NOW, 60, speed, mode),
    ]  # fmt: skip


def screen(
    feed: FakeFeed, at: list[float] | None = None, *, ends: bool = False, asked: str | None = None
) -> MonitorApp:
    """The program on that feed; its own clock stands still but for what a test does to `at`."""
    time = at or [1000.0]
    return MonitorApp(
        feed, clock=lambda: time[0], theme="dark", ascii_glyphs=False, ends=ends, asked=asked
    )


async def test_keys_of_a_real_terminal_reach_the_table() -> None:
    feed, at = FakeFeed(*chair()), [1000.0]
    app = screen(feed, at)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        at[0] += 1.0
        typed = ["v", *"158", "slash", *"94", "tab", "8", "backspace", *"77", "shift+tab", "enter"]
        for key in ("space", "plus", *typed, "v", "escape", "question_mark"):
            app.post_message(events.Key(key, CHARACTERS.get(key, key if len(key) == 1 else None)))
        await pilot.pause()
        assert (app.choices.typed, app.choices.help_page) == (None, 1)
    assert feed.sent == [
        ("acknowledge", {"condition": "sys_high", "up_to_seq": 60}),
        ("speed", {"speed": 2}),
        ("manual", {"systolic": 158, "diastolic": 94, "pulse_rate": 77}),
    ]


async def test_acknowledgement_covers_nothing_that_was_not_drawn_for_a_second() -> None:
    feed, at = FakeFeed(*chair()), [1000.0]
    app = screen(feed, at)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        at[0] = 1000.5
        await pilot.press("space")
        assert feed.sent == []
        assert "1 alarm not yet shown for a second" in shown(app)
        later = EntryMessage(77, RAW, View(conditions=(condition("hr_high", seq=77),)))
        app.picture.apply(later, at[0])
        app.redraw()
        at[0] = 1001.3
        await pilot.press("space")
        await pilot.pause()
        assert "ack: SYS HIGH; 1 alarm more not shown yet" in shown(app)
    assert feed.sent == [("acknowledge", {"condition": "sys_high", "up_to_seq": 77})]


async def test_a_tick_keeps_no_reading_waiting_and_readings_share_a_frame() -> None:
    feed = FakeFeed(*chair())
    app = screen(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.redraw()  # as a tick does, at the very moment at which the next one comes
        for seq in (77, 78):
            changed = View(conditions=(condition("hr_high", seq=seq),))
            feed.told.put_nowait(EntryMessage(seq, RAW, changed))
            await pilot.pause(0)
        assert app.picture.seq == 78
        assert app.seen_seq == 77


async def test_leaving_a_chair_only_closes_the_screen() -> None:
    feed = FakeFeed(*chair())
    app = screen(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("q")
        assert "the session goes on" in app.query_one("Surface").canvas.text()  # type: ignore[attr-defined]
        await pilot.press("y")
    assert (feed.sent, app.fault) == ([], None)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(1, True), None),
        (Answer(1, False, "not now"), "the session was not ended: not now"),
    ],
)
async def test_leaving_a_demonstration_ends_its_session_first(
    answer: Answer, fault: str | None
) -> None:
    feed = FakeFeed(*chair(), answer=answer)
    app = screen(feed, ends=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("q", "y")
        await pilot.pause()
    assert (feed.sent, app.fault) == ([("end", {"reason": "left the screen"})], fault)


async def test_session_that_is_over_is_left_without_another_word() -> None:
    feed = FakeFeed(*chair(), Bye("the session has ended"))
    app = screen(feed, ends=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("q", "y")
    assert feed.sent == []


async def test_refused_command_is_said_and_the_speed_before_a_pause_is_kept() -> None:
    feed = FakeFeed(
        *chair(speed=10.0), Beat(NOW, 60, 0.0, "SIMULATED"), answer=Answer(1, False, "no")
    )
    app = screen(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("plus")
        await pilot.pause()
        shown = app.query_one("Surface").canvas.text()  # type: ignore[attr-defined]
    assert feed.sent == [("speed", {"speed": 20})]
    assert "PAUSED" in shown
    assert " no\n" in shown


@pytest.mark.parametrize("key", ["7", "p"])
async def test_what_was_said_goes_with_the_next_key(key: str) -> None:
    feed = FakeFeed(*chair(speed=60.0))
    app = screen(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        surface: Any = app.query_one("Surface")
        await pilot.press("plus")
        await pilot.pause()
        assert "60× is the fastest" in surface.canvas.text()
        await pilot.press(key)
        assert "60× is the fastest" not in surface.canvas.text()
        await pilot.press("plus")
        assert "60× is the fastest" in surface.canvas.text(), "said anew"


async def test_entry_is_not_called_unrecorded_before_the_next_beat() -> None:
    feed = FakeFeed(*chair("LIVE", "nurse"))
    app = screen(feed)
    async with app.run_test(size=(80, 24)) as pilot:
        for recorded, kept in ((60, True), (60, False), (61, True)):
            for message in (
                EntryMessage(app.picture.seq + (recorded == 60 and kept), RAW),
                Beat(NOW, recorded, 1.0, "LIVE"),
            ):
                feed.told.put_nowait(message)
            await pilot.pause()
            assert (app.picture.recorded >= app.scene().due_seq) == kept


@pytest.mark.parametrize(
    ("age_min", "size", "label"),
    [
        (0, (80, 24), "15 min"), (14.9, (80, 24), "15 min"), (15, (80, 24), "30 min"),
        (30, (80, 24), "60 min"), (300, (80, 24), "60 min"), (5, (200, 60), "15 min"),
        (59, (200, 60), "60 min"), (60, (200, 60), "120 min"),
    ],
)  # fmt: skip
def test_trends_grow_with_a_young_session(
    age_min: float, size: tuple[int, int], label: str
) -> None:
    app = screen(FakeFeed())
    app._size = Size(*size)
    app.picture.t = age_min * 60
    assert WINDOWS[app.window_index()].label == label
    app.choices.window = 4
    assert WINDOWS[app.window_index()].label == "all"


async def test_seat_that_was_not_given_is_told_once() -> None:
    feed = FakeFeed(*chair("LIVE", "observer"))
    app = screen(feed, asked="trainer")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "only a simulated session has a trainer" in shown(app)
        await pilot.press("t")
        for message in chair("LIVE", "observer"):
            feed.told.put_nowait(message)
        await pilot.pause()
        assert "has a trainer" not in shown(app)
        assert "observer, information only" in shown(app)


def shown(app: MonitorApp) -> str:
    """What stands on the screen."""
    text: str = app.query_one("Surface").canvas.text()  # type: ignore[attr-defined]
    return text


async def test_whatever_the_toolkit_paints_is_the_newest_canvas() -> None:
    """It keeps rows from its last paint: laid over what came since, an old number would stand as new."""
    app = screen(FakeFeed(*chair()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        surface, everything = app._surface, Region(0, 0, 80, 24)
        assert surface is not None
        surface.render_lines(everything)
        await pilot.press("question_mark")
        painted = [strip.text for strip in surface.render_lines(everything)]
        assert any("KEYS" in line for line in painted)
        assert painted == ["".join(row) for row in surface.canvas.chars]
