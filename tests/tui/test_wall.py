"""The wall: the worst first, nothing ever dropped, and nothing old that looks like now."""

import asyncio
import contextvars
import re
from collections.abc import Iterable

import pytest

from ketamon.feed.beside import Viewers, ViewerView
from ketamon.feed.board import HERE, Board
from ketamon.feed.many import Chairs, Said
from ketamon.feed.messages import (
    PROTOCOL,
    Beat,
    ConditionView,
    EventLine,
    Hello,
    Snapshot,
    VitalView,
)
from ketamon.tui.canvas import Canvas
from ketamon.tui.palette import THEMES
from ketamon.tui.screens.wall import WallScene, draw_wall
from ketamon.tui.wall_app import NEWS_S, WallApp
from tests.tui.scenes import CALM, CONTINUOUS, NOW, STARTED, condition, vital, words

AT = 1000.0


def snapshot(
    *vitals: VitalView, conditions: Iterable[ConditionView] = (), mode: str = "LIVE", phase: str = "dosing"
) -> Snapshot:  # fmt: skip
    known = {n: vital(n, v, 1.0 if n in CONTINUOUS else 120.0, baseline=v - 10) for n, v in CALM.items()}  # fmt: skip
    known |= {"moaas": vital("moaas", 5, 60.0)} | {v.vital: v for v in vitals}
    return Snapshot(
        60, NOW, mode, "FK-27", "1", STARTED, phase, NOW - 24 * 60, vitals=tuple(known.values()),
        conditions=tuple(conditions),
        events=(EventLine(NOW - 1400, 9, "infusion started 36 mg", charted=True),
                EventLine(NOW - 60, 10, "dizziness mild", charted=True)),
    )  # fmt: skip


def seat(board: Board, chair: str, shown: Snapshot, host: str = HERE, at: float = AT) -> None:
    """A chair whose engine says this."""
    hello = Hello(PROTOCOL, "s", "1", shown.mode, "observer", NOW, 1.0)
    for message in (hello, shown, Beat(NOW, 60, 1.0, shown.mode)):
        board.hear(host, Said(chair, message), at)


def of(*conditions: ConditionView) -> Snapshot:
    return snapshot(conditions=conditions)


HIGH = condition("spo2_low", "high", value=86, limit=90)
MEDIUM = condition()
ANSWERED = condition(state="acknowledged", by="anna", acknowledged_t=NOW - 5)
LOW = condition("bp_overdue", "low", value=None, limit=None)


def eight() -> Board:
    board = Board()
    board.look_at(HERE)
    shown = {
        "1": of(ANSWERED), "2": of(), "3": of(MEDIUM), "4": of(), "5": of(LOW), "6": of(),
        "7": of(HIGH), "8": of(),
    }  # fmt: skip
    for chair, one in shown.items():
        seat(board, chair, one)
    return board


def shown(
    board: Board, size: tuple[int, int] = (80, 24), at: float = AT, theme: str = "dark",
    *, ascii_only: bool = False, **more: object,
) -> Canvas:  # fmt: skip
    wall = WallScene(board, at, "14:32:07", **more)  # type: ignore[arg-type]
    return draw_wall(*size, wall, THEMES[theme].means(ascii_only=ascii_only))


def row(canvas: Canvas, chair: str) -> str:
    """The row of a chair at 80 columns."""
    found = [line for line in canvas.text().splitlines() if line[15:22].strip() == chair]
    assert len(found) == 1, canvas.text()
    return found[0]


def order(canvas: Canvas) -> list[str]:
    """The chairs in the order in which they stand at 80 columns."""
    names = (line[15:22].strip() for line in canvas.text().splitlines() if line[23:31].strip())
    return [name for name in names if name.isdecimal()]


def test_the_worst_is_first_and_what_nobody_answered_before_what_somebody_did() -> None:
    assert order(shown(eight())) == ["7", "3", "1", "5", "2", "4", "6", "8"]


def test_a_row_has_all_that_the_physician_asks_for() -> None:
    text = words(row(shown(eight()), "3"))
    assert text == "** 40 s 3 131/82 2 min +10 76 97 5 DOSE 24 IV 36 mg live"


def test_eight_chairs_have_their_alarms_in_words_at_80x24() -> None:
    text = words(shown(eight()).text())
    assert "SpO2 LOW 86 < 90 not acknowledged" in text
    assert "SYS HIGH 172 > 160 acknowledged by anna" in text
    assert "8 chairs 1 high 2 medium 1 low" in text
    assert "information only: the alarms are at the chairs" in text


def test_a_chair_without_data_counts_as_medium_and_is_never_dropped() -> None:
    board = eight()
    board.hear(HERE, Chairs(tuple("1345678")), AT)
    canvas = shown(board, at=AT + 2)
    assert order(canvas)[:3] == ["7", "3", "2"]
    assert "!! 2 131/82" in words(row(canvas, "2"))
    assert "STOPPED 2 s, not current" in row(canvas, "2")
    silent = shown(board, at=AT + 31)
    assert len(order(silent)) == 8
    assert all("NO LINK 30 s, not current" in row(silent, c) for c in "1345678")
    assert all("--- ---" in words(row(silent, c)) for c in "1345678")
    assert row(silent, "7").lstrip("▸ ").startswith("***")


def test_a_machine_that_is_gone_says_so_and_for_how_long_and_keeps_its_chairs() -> None:
    board = Board()
    seat(board, "3", of(), "ward-b")
    board.look_at("ward-c")
    board.lose("ward-b", "Connection refused", AT + 11)
    board.lose("ward-c", "no route to host", AT + 12)
    for again in range(3):
        board.lose("ward-b", "Connection refused", AT + 20 + again)
    text = words(shown(board, at=AT + 31).text())
    assert "ward-b gone for 30 s, tried again: Connection refused" in text
    assert "ward-c not reached for 10 s, tried again: no route to host" in text
    assert "NO LINK 30 s" in text
    seat(board, "3", of(), "ward-b", AT + 40)
    assert "gone" not in shown(board, at=AT + 40).text()


def test_an_ended_session_stays_on_the_wall_and_alarms_no_more() -> None:
    board = Board()
    seat(board, "3", of(HIGH))
    board.chairs[HERE, "3"].ended = True
    board.hear(HERE, Chairs(()), AT + 1)
    canvas = shown(board, at=AT + 600)
    assert "***" not in canvas.text()
    assert "the session has ended" in canvas.text()


def thirty() -> Board:
    board = Board()
    for n in range(30):
        seat(board, str(n), of(HIGH) if n == 17 else of(MEDIUM) if n == 18 else of())
    return board


def test_more_chairs_than_rows_scroll_with_the_worst_always_in_sight() -> None:
    board = thirty()
    first = order(shown(board))
    assert first[:3] == ["17", "18", "0"]
    assert "11 below" in shown(board).text()
    last = order(shown(board, chosen=(HERE, "29")))
    assert last[0] == "17"
    assert last[-1] == "29"
    assert "11 above" in shown(board, chosen=(HERE, "29")).text()
    seen = {c for n in range(30) for c in order(shown(board, chosen=(HERE, str(n))))}
    assert seen == {str(n) for n in range(30)}


def test_six_chairs_are_in_sight_at_80x24_even_with_machines_gone() -> None:
    board = thirty()
    for host in "abc":
        board.lose(host, "gone", AT)
    assert len(order(shown(board))) >= 6


@pytest.mark.parametrize("size", [(80, 24), (40, 20), (120, 40)])
@pytest.mark.parametrize("theme", ["dark", "nocolor"])
def test_what_is_simulated_never_looks_like_a_patient(size: tuple[int, int], theme: str) -> None:
    board = eight()
    seat(board, "4", snapshot(mode="SIMULATED"))
    text = shown(board, size, theme=theme, chosen=(HERE, "4")).text()
    rail = [line[:3] if size[0] >= 80 else line[:1] for line in text.splitlines()]
    assert "SIM" in rail if size[0] >= 80 else "S" in rail
    assert "LIVE" in text.splitlines()[0]
    alone = Board()
    seat(alone, "4", snapshot(mode="SIMULATED"))
    assert "SIMULATED" in shown(alone, size).text().splitlines()[0]
    assert "LIVE" not in shown(alone, size).text()


def test_a_phone_in_portrait_has_the_numbers_the_alarm_and_the_counter() -> None:
    text = shown(eight(), (40, 20)).text()
    assert "14:32:07" in text.splitlines()[0]
    assert "dead if this stands still" in text
    numbers = next(line for line in text.splitlines() if line.startswith(" ***"))
    assert words(numbers).split() == ["***▸7", "131/82", "2", "min", "+10", "76", "97"]
    assert "40 s SpO2 LOW 86 < 90" in text
    assert max(map(len, text.splitlines())) <= 40


def test_who_takes_an_alarm_is_on_the_wall() -> None:
    board = eight()
    told = Viewers((ViewerView("dr_no", "physician", takes=True),))
    board.hear(HERE, Said("7", told), AT)
    assert "taken by dr_no" in shown(board).text()


def test_a_stale_number_is_missing_and_its_age_is_told() -> None:
    board = Board()
    seat(board, "1", snapshot(vital("spo2", 97, 31.0), vital("hr", 76, 31.0)))
    text = words(row(shown(board), "1"))
    assert "--- ---" in text
    assert text.endswith("30 s")


@pytest.mark.parametrize("size", [(30, 6), (40, 20), (79, 23), (80, 24), (120, 40), (200, 60)])
def test_any_size_is_drawn_and_plain_text_alone_tells_all(size: tuple[int, int]) -> None:
    board = eight()
    board.lose("ward-b", "gone\x1b[2J", AT)
    plain = shown(board, size, ascii_only=True).text()
    assert plain.isascii()
    assert "\x1b" not in plain
    assert "***" in plain
    for help_page in (0, 1):
        assert not re.search(r"\x1b", shown(board, size, help_page=help_page).text())


class Tickless(WallApp):
    """A wall that is drawn for its news alone."""

    def _second(self) -> None:
        self.redraw()


async def test_news_from_a_task_that_is_older_than_the_program_is_drawn() -> None:
    """Machines are followed by tasks that know of no program: a wall once ended of their first news."""
    board = eight()
    app = Tickless(board, clock=lambda: AT, theme="dark", ascii_glyphs=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        seat(board, "9", of(HIGH))
        drawn, redraw = asyncio.Event(), app.redraw
        app.redraw = lambda: (redraw(), drawn.set())  # type: ignore[method-assign, assignment, func-returns-value]
        contextvars.Context().run(app.changed, news=True)
        await asyncio.wait_for(drawn.wait(), 20 * NEWS_S)
        assert app._surface is not None
        assert "SpO2 LOW" in app._surface.canvas.text()
    assert app.fault is None
