"""The board: every chair in sight, and no key at a chair whose name was not on the prompt."""

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketamon.feed.messages import (
    PROTOCOL,
    Answer,
    Beat,
    Bye,
    ConditionView,
    CuffView,
    Hello,
    Snapshot,
    VitalView,
)
from ketamon.tui.board import FORGET_S, IDLE_S, Board
from ketamon.tui.canvas import Canvas
from ketamon.tui.desk import Then
from ketamon.tui.keys import KEYS
from ketamon.tui.palette import THEMES
from ketamon.tui.screens.board import draw_board
from ketamon.tui.screens.board_chair import AtBoard
from tests.tui.scenes import (
    CALM,
    CONTINUOUS,
    CUFF,
    NOW,
    OXIMETER,
    RESTS,
    STARTED,
    condition,
    vital,
    words,
)

NAMES = ("window", "corner", "door-2", "4")
SIZES = ((60, 16), (80, 24), (120, 40), (200, 60))
HIGH = condition("spo2_low", "high", value=86, limit=90)


@dataclass
class Terminal:
    """A board on a terminal that may take nothing: what stands there is the newest frame taken."""

    size: tuple[int, int] = (80, 24)
    at: float = 1000.0
    takes: bool = True
    sent: list[tuple[str, str, str]] = field(default_factory=list)  # chair, command, last row then
    args: list[dict[str, Any]] = field(default_factory=list)
    canvas: Canvas = field(default_factory=lambda: Canvas(0, 0))
    answers: bool = True

    def __post_init__(self) -> None:
        self.board = Board(
            lambda: self.at, self.send, ("dark", "night"), self.draw, lambda: "14:32:07",
            size=self.size,
        )  # fmt: skip

    def send(self, chair: str, name: str, then: Then | None, args: dict[str, Any]) -> None:
        self.sent.append((chair, name, self.footer))
        self.args.append(args)
        if then is not None and self.answers:
            then(Answer(1, True))

    def draw(self) -> None:
        canvas, scene, named = self.board.draw(THEMES[self.board.theme].means())
        if self.takes:
            self.canvas = canvas
        self.board.shown(scene, named, taken=self.takes)

    def press(self, *names: str) -> "Terminal":
        for name in names:
            self.board.press(name)
        return self

    def wait(self, seconds: float) -> "Terminal":
        """Time passes; a frame comes each second, of a long time only the last ones."""
        frames = min(2, int(seconds))
        self.at += seconds - frames
        for _ in range(frames):
            self.at += 1.0
            for desk in self.board.chairs:
                if desk.picture.bye is None:
                    desk.hear(Beat(NOW, 60, 1.0, desk.picture.mode))
            self.draw()
        return self

    @property
    def text(self) -> str:
        return self.canvas.text()

    @property
    def footer(self) -> str:
        return self.text.splitlines()[-1] if self.canvas.height else ""


def told(
    name: str, *conditions: ConditionView, mode: str = "LIVE", session: str = "s1", title: str = "FK-1",
    cuff: CuffView | None = RESTS, vitals: tuple[VitalView, ...] = (),
) -> list[Any]:  # fmt: skip
    """What a chair's engine says first to a nurse."""
    known = {n: vital(n, v, 1.0 if n in CONTINUOUS else 120.0) for n, v in CALM.items()}
    known |= {v.vital: v for v in vitals}
    return [
        Hello(PROTOCOL, session, "1", mode, "nurse", NOW, 1.0),
        Snapshot(60, NOW, mode, title, name, STARTED, "dosing", NOW - 1200,
                 vitals=tuple(known.values()), conditions=conditions,
                 devices=(CUFF, OXIMETER), cuff=cuff),
        Beat(NOW, 60, 1.0, mode),
    ]  # fmt: skip


def seat(terminal: Terminal, name: str, *conditions: ConditionView, **more: Any) -> None:
    desk = terminal.board.chair(name)
    assert desk is not None
    for message in told(name, *conditions, **more):
        desk.hear(message)


def ward(chairs: int = 4, **changes: Any) -> Terminal:
    """Chairs, each with an alarm that has been in sight for two seconds."""
    terminal = Terminal(**changes)
    for i, name in enumerate(NAMES[:chairs]):
        found = (condition(), HIGH, condition("hr_high"), condition("dia_high"))[i]
        seat(terminal, name, found, title=f"FK-{i}", mode="SIMULATED" if i == 2 else "LIVE")
    terminal.draw()
    return terminal.wait(2)


# -- whom the keys reach ---------------------------------------------------------------------------


def is_named(chair: str, footer: str) -> bool:
    return re.search(rf"\b\d {re.escape(chair)}( |$)", footer) is not None


NAMED_KEYS = (*tuple({key.names[0] for key in KEYS}), "y", "enter", "tab", "backspace", "x", "/")
ACTING = ("space", "b", "m")
acts = st.tuples(st.just("press"), st.sampled_from(ACTING))
picks = st.tuples(st.just("press"), st.sampled_from("1234"))
passes = st.tuples(st.just("pass"), st.sampled_from((0.8, 9.9, 10.0, 11.0)))  # and no frame comes
steps = st.one_of(
    picks, picks, acts, acts, passes,
    st.tuples(st.just("press"), st.sampled_from(("v", "s", "c", "enter", "y", "escape"))),
    st.tuples(st.just("press"), st.sampled_from(NAMED_KEYS)),
    st.tuples(st.just("press"), st.sampled_from("0123456789")),
    st.tuples(st.just("touch"), st.integers(0, 23 * 80)),
    st.tuples(st.just("wait"), st.sampled_from((1, 2, 9, 10, 130))),
    st.tuples(st.just("stall"), st.booleans()),
    st.tuples(st.just("end"), st.sampled_from(NAMES)),
    st.tuples(st.just("anew"), st.sampled_from(NAMES)),
    st.tuples(st.just("answers"), st.booleans()),
)  # fmt: skip


def take(terminal: Terminal, step: tuple[str, Any]) -> None:
    match step:
        case "press", key:
            terminal.press(key)
        case "touch", cell:
            y, x = divmod(cell, 80)
            key = next((k for ty, tx, w, k in terminal.canvas.touch if ty == y and tx <= x < tx + w), None)  # fmt: skip
            if key is not None:
                terminal.press(key)
        case "wait", seconds:
            terminal.wait(seconds)
        case "pass", seconds:
            terminal.at += seconds
        case "stall", takes:
            terminal.takes = takes
        case "end", name:
            desk = terminal.board.chair(name)
            assert desk is not None
            desk.hear(Bye("the session has ended"))
        case "anew", name:
            seat(terminal, name, condition(), session=f"s{terminal.at}", title="FK-99")
        case "answers", does:
            terminal.answers = does


@given(st.lists(steps, min_size=10, max_size=30))
@settings(max_examples=60)
def test_no_key_reaches_a_chair_whose_name_was_not_on_the_prompt(
    sequence: list[tuple[str, Any]],
) -> None:
    terminal = ward()
    last_key = terminal.at
    for step in sequence:
        before, prompt = len(terminal.sent), terminal.footer
        idle = terminal.at - last_key
        take(terminal, step)
        for chair, command, _ in terminal.sent[before:]:
            assert step[0] in ("press", "touch"), step
            assert is_named(chair, prompt), (chair, command, prompt)
            assert idle < IDLE_S, (chair, command, idle)
        if step[0] in ("press", "touch"):
            last_key = terminal.at
        if terminal.board.left:
            break


@pytest.mark.parametrize("key", ["space", "b", "v", "m"])
def test_without_a_pick_such_a_key_asks_which_chair(key: str) -> None:
    terminal = ward().press(key)
    assert terminal.sent == []
    assert "which chair? 1 window 2 corner 3 door-2 4 4" in words(terminal.text)


@pytest.mark.parametrize(
    ("key", "command"), [("space", "acknowledge"), ("b", "cuff"), ("m", "pause_audio")]
)
def test_a_digit_and_a_key_act_on_that_chair(key: str, command: str) -> None:
    terminal = ward().press("3", key)
    assert [(chair, name) for chair, name, _ in terminal.sent] == [("door-2", command)]
    assert "3 door-2" in terminal.footer


def test_after_ten_idle_seconds_no_chair_is_picked() -> None:
    terminal = ward().press("2").wait(9)
    assert "2 corner" in terminal.footer
    terminal.wait(1)
    assert "1-4 choose a chair" in terminal.footer
    assert terminal.press("b").sent == []
    terminal.press("2")
    terminal.at += IDLE_S  # no frame since: the prompt still names the chair
    assert terminal.press("b").sent == []


def test_a_typed_reading_goes_to_its_chair_and_waits_for_a_slow_nurse() -> None:
    terminal = ward().press("4", "v", *"158/9")
    assert "4 4 FK-3" in terminal.text
    terminal.wait(11)
    assert "still 4 4 FK-3? any key goes on" in terminal.footer
    terminal.press("1", *"4", "enter")  # the first key only says that it is still that chair
    assert [(chair, name) for chair, name, _ in terminal.sent] == [("4", "manual")]
    assert terminal.args == [{"systolic": 158, "diastolic": 94}]
    assert "4 4: typed: 158/94" in terminal.text


def test_a_panel_that_is_forgotten_closes() -> None:
    terminal = ward().press("4", "v", "1").wait(FORGET_S)
    assert "1-4 choose a chair" in terminal.footer
    assert "TYPED READING" not in terminal.press("4").text


def test_a_frame_that_the_terminal_did_not_take_names_nobody() -> None:
    terminal = ward().press("1")
    terminal.takes = False
    terminal.press("2", "b")
    assert terminal.sent == []
    terminal.takes = True
    terminal.draw()
    assert [chair for chair, _, _ in terminal.press("b").sent] == ["corner"]


def test_a_new_session_at_a_picked_chair_is_looked_at_first() -> None:
    terminal = ward().press("1")
    seat(terminal, "window", condition(), session="s2", title="FK-50")
    assert terminal.press("b").sent == []
    assert "look first: is this 1 window?" in terminal.text
    assert [chair for chair, _, _ in terminal.press("b").sent] == ["window"]


def test_an_alarm_is_acknowledged_only_where_it_was_in_sight_for_a_second() -> None:
    terminal = ward().press("1")
    desk = terminal.board.chair("window")
    assert desk is not None
    desk.picture.conditions["hr_high"] = condition("hr_high", seq=99)
    terminal.draw()
    terminal.press("space")
    assert [args["condition"] for args in terminal.args] == ["sys_high"]


def test_a_held_key_acts_once() -> None:
    terminal = ward().press("1", *["b"] * 5)
    assert len(terminal.sent) == 1


def test_places_and_digits_never_change_and_a_fifth_chair_has_none() -> None:
    terminal = ward()
    assert terminal.board.chair("fifth") is None
    desk = terminal.board.chair("window")
    assert desk is not None
    desk.hear(Bye("the session has ended"))
    terminal.draw()
    assert [one.digit for one in terminal.board.chairs] == [1, 2, 3, 4]
    assert "LINK ENDED: the session has ended" in words(terminal.text)


def test_leaving_asks_once_and_sends_nothing() -> None:
    terminal = ward().press("1", "q")
    assert "leave the board? the sessions go on" in terminal.footer
    assert not terminal.press("escape").board.left
    assert terminal.press("q", "y").board.left
    assert terminal.sent == []


# -- what is in sight ------------------------------------------------------------------------------

every_size = pytest.mark.parametrize("size", SIZES, ids=str)


@every_size
@pytest.mark.parametrize("chairs", [2, 3, 4])
def test_every_chair_has_its_numbers_age_minute_and_worst_alarm(
    size: tuple[int, int], chairs: int
) -> None:
    text = words(ward(chairs, size=size).text)
    for i, name in enumerate(NAMES[:chairs]):
        assert name in text
        assert ("SYS HIGH 172 > 160", "SpO2 LOW 86 < 90", "HR HIGH", "DIA HIGH")[i] in text
    assert text.count("2 min") >= chairs
    assert "SIM" in text or chairs < 3
    if size[0] >= 80:
        assert text.count("DOSING 20 min") == chairs
        assert text.count("4 min") >= chairs


@every_size
def test_a_panel_takes_no_chairs_number_away(size: tuple[int, int]) -> None:
    for keys in (("v",), ("c",), ("l",), ("s",), ("w",), ("g",), ("a",), ("e",), ("d",), ("?",)):
        terminal = ward(size=size).press("2", *keys)
        rows = [line for line in terminal.text.splitlines() if re.search(r"76|▀▀▀█ █▀▀▀", line)]
        assert len(rows) >= 4, terminal.text
        assert "SpO2 LOW" in terminal.text


@every_size
def test_a_lost_chair_says_so_and_the_others_stay(size: tuple[int, int]) -> None:
    terminal = ward(size=size)
    for _ in range(5):
        terminal.at += 1.0
        for desk in terminal.board.chairs[1:]:
            desk.hear(Beat(NOW, 60, 1.0, desk.picture.mode))
    terminal.draw()
    assert words(terminal.text).count("LINK LOST 5 s") == 1
    assert "1 lost" in terminal.text


def test_a_screen_that_is_too_small_still_has_every_chairs_numbers() -> None:
    text = ward(size=(40, 8)).text
    assert "SCREEN TOO SMALL" in text
    assert text.count("131/82 76 97") == 4
    assert "2 LIV ***" in text


@given(width=st.integers(1, 250), height=st.integers(1, 80), picked=st.sampled_from((None, 0, 3)))
@settings(max_examples=30)
def test_any_size_is_drawn_in_exactly_its_cells(
    width: int, height: int, picked: int | None
) -> None:
    terminal = ward()
    scene = terminal.board.scene()
    chairs = tuple(
        AtBoard(one.digit, one.name, desk.scene(1000.0, picked=picked == i, lit=(True, False)))
        for i, (one, desk) in enumerate(zip(scene.chairs, terminal.board.chairs, strict=True))
    )
    canvas, _ = draw_board(width, height, type(scene)(chairs, picked, time="14:32:07"))
    assert [len(row) for row in canvas.chars] == [width] * height
    assert all(0 <= y < height for y, _, _, _ in canvas.touch)


def test_every_chair_can_be_touched_and_so_can_its_keys() -> None:
    terminal = ward(size=(120, 40))
    y = next(i for i, line in enumerate(terminal.text.splitlines()) if "door-2" in line)
    key = next(k for ty, x, w, k in terminal.canvas.touch if ty == y + 3 and x <= 60 < x + w)
    terminal.press(key)
    assert "3 door-2" in terminal.footer
    assert "b" in [k for ty, _, _, k in terminal.canvas.touch if ty == 39]
