"""Pictures of every screen, view and panel as text grids, reviewed like code; some with colours.

`pytest tests/tui/test_snapshots.py --snapshot-update` makes them anew: look at each change.
"""

import io
from itertools import groupby
from textwrap import fill

import pytest
from rich.console import Console
from rich.style import Style
from rich.text import Text
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from ketamon.feed.alarm_views import LimitsView, SettingView
from ketamon.feed.messages import PauseView, QuarantineView
from ketamon.tui.canvas import Canvas
from ketamon.tui.palette import THEMES, Colour
from ketamon.tui.panels.discharge import Discharge
from ketamon.tui.panels.heard import Heard
from ketamon.tui.panels.review import Review
from ketamon.tui.panels.setup import Setup
from ketamon.tui.scene import Scene
from ketamon.tui.screens.panels import LOOKS
from ketamon.tui.views import VIEWS
from tests.tui.desk import FakeDesk
from tests.tui.scenes import NOW, condition, drawn, scene, vital
from tests.tui.test_board import ward
from tests.tui.test_wall import eight
from tests.tui.test_wall import shown as wall

SIZES = ((60, 16), (80, 24), (120, 40), (200, 60))
THEME_NAMES = ("dark", "night", "light", "contrast", "ansi16", "nocolor", "ascii")
PANELS = {"type": "v", "limits": "l", "away": "w", "chart": "c", "go on": "g", "skip": "s"}  # fmt: skip
PLAIN = frozenset({"ground", "raised", "outside", "bar", "nibp"})
STORED = (QuarantineView(70, NOW - 60, "cuff", 141, 88, device_time="2026-01-01T08:00:00"),)
LIMITS = LimitsView(
    "IV infusion", 1, "anna",
    tuple(SettingView(f"{name}.{side}.{level}", value, value) for name, side, level, value in (
        ("sys", "high", "medium", 160), ("sys", "high", "high", 180), ("sys", "low", "medium", 90),
        ("dia", "high", "medium", 100), ("hr", "high", "medium", 110), ("spo2", "low", "medium", 94),
    )),
)  # fmt: skip


class Grid(SingleFileSnapshotExtension):
    """One file of text a picture."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


class Svg(Grid):
    """One drawing a picture."""

    file_extension = "svg"


def _medium(**more: object) -> Scene:
    bases = {"sys": 138, "dia": 84, "hr": 78}
    known = (vital("sys", 172, 42.0, baseline=bases["sys"]), vital("dia", 96, 42.0, baseline=84),
             vital("hr", 92, baseline=bases["hr"]))  # fmt: skip
    told = {"conditions": (condition(),), "limits": LIMITS, **more}
    return scene(*known, **told)


def _lost_data() -> Scene:
    low = condition("spo2_low", "high", state="unresolved", value=86, worst=86, limit=90)
    gone = condition("oximeter_no_data", "medium", value=None, limit=None)
    return scene(vital("spo2", 86, 42.0, state="lost"), conditions=(low, gone))


def _opened(key: str) -> Scene:
    desk = FakeDesk(_medium())
    desk.press(key)
    return desk.drawn()


SCREENS: dict[str, Scene] = {
    "calm": scene(mode="SIMULATED", seat="trainer"),
    "medium": _medium(),
    "high": scene(
        vital("spo2", 86), conditions=(condition("spo2_low", "high", value=86, limit=90),)
    ),
    "data lost": _lost_data(),
    "link lost": _medium(silent_s=9.0),
    "replay": scene(mode="REPLAY", seat="trainer"),
    "physician": _medium(seat="physician"),
    "paused": _medium(pause=PauseView(NOW - 10, NOW + 110, "anna")),
    "help": _medium(help_page=1),
    "leaving": _medium(leaving=True),
    "panel review": _medium(quarantine=STORED, panel=Review()),
    "panel set up": _medium(panel=Setup()),
    "panel discharge": _medium(panel=Discharge()),
    "panel sound test": _medium(panel=Heard()),
    **{f"view {name}": _medium(view=name) for name in VIEWS},
    **{f"panel {name}": _opened(key) for name, key in PANELS.items()},
}


def picture(name: str, size: tuple[int, int], theme: str) -> Canvas:
    """The screen of that name; `ascii` is a locale, in the dark theme."""
    palette = "dark" if theme == "ascii" else theme
    match name:
        case "board":
            return ward(size=size).canvas
        case "board typing":
            return ward(size=size).press("2", "v", "1", "5").canvas
        case "wall":
            return wall(eight(), size, theme=palette, ascii_only=theme == "ascii")
    return drawn(size, SCREENS[name], palette, ascii_only=theme == "ascii")


NAMES = (*SCREENS, "board", "board typing", "wall")


def grid(canvas: Canvas) -> str:
    """The text, and under it which papers stand where: row, paper, columns."""
    papers = []
    for y, row in enumerate(canvas.looks):
        start = 0
        for x in range(1, canvas.width + 1):
            if x == canvas.width or row[x].paper != row[start].paper:
                if row[start].paper not in PLAIN:
                    papers.append(f"{y} {row[start].paper} {start}-{x - 1}")
                start = x
    return canvas.text() + "\n" + fill("papers: " + ", ".join(papers), 100) + "\n"


def svg(canvas: Canvas, theme: str) -> str:
    """The picture as that theme paints it."""
    console = Console(width=canvas.width, height=canvas.height, record=True, file=io.StringIO(),
                      force_terminal=True, color_system="truecolor")  # fmt: skip
    for chars, looks in zip(canvas.chars, canvas.looks, strict=True):
        line = Text()
        for look, run in groupby(zip(looks, chars, strict=True), key=lambda cell: cell[0]):
            paint = THEMES[theme].paint(look)
            style = Style(color=_name(paint.front), bgcolor=_name(paint.back), bold=paint.bold,
                          reverse=paint.reverse)  # fmt: skip
            line.append("".join(char for _, char in run), style)
        console.print(line, no_wrap=True, overflow="crop")
    return console.export_svg(title=theme, unique_id="k")


def _name(colour: Colour | None) -> str | None:
    return f"color({colour})" if isinstance(colour, int) else colour


@pytest.mark.parametrize("name", NAMES)
def test_screen_looks_as_reviewed(name: str, snapshot: SnapshotAssertion) -> None:
    told = []
    for size in SIZES:
        theme = THEME_NAMES[(NAMES.index(name) + SIZES.index(size)) % len(THEME_NAMES)]
        told.append(f"== {name}, {size[0]}x{size[1]}, {theme}\n{grid(picture(name, size, theme))}")
    assert "".join(told) == snapshot(extension_class=Grid)


@pytest.mark.parametrize("theme", ["dark", "night", "light", "nocolor"])
def test_palette_looks_as_reviewed(theme: str, snapshot: SnapshotAssertion) -> None:
    assert svg(picture("medium", (80, 24), theme), theme) == snapshot(extension_class=Svg)


def test_every_theme_is_pictured_at_every_size_and_every_view_and_panel_is_there() -> None:
    pairs = {((i + j) % len(THEME_NAMES), j) for i in range(len(NAMES)) for j in range(len(SIZES))}
    assert len(pairs) == len(THEME_NAMES) * len(SIZES)
    pictured = {type(one.panel).__name__ for one in SCREENS.values()}
    assert {look.__name__ for look in LOOKS} - pictured == {"Writing", "Answering"}
    # these two are pictured by the tests of messages
