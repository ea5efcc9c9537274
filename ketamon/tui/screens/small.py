"""The screen from 60x16 to 80x24: lanes and numbers; trends, events and weight gave way."""

from ketamon.tui.canvas import Canvas
from ketamon.tui.scene import Scene
from ketamon.tui.screens.panels import LOOKS
from ketamon.tui.widgets.events import events
from ketamon.tui.widgets.footer import footer
from ketamon.tui.widgets.helppage import helppage
from ketamon.tui.widgets.lanes import lanes
from ketamon.tui.widgets.pressure import pressure
from ketamon.tui.widgets.rate import rate
from ketamon.tui.widgets.transport import transport

LEAST = (60, 16)
NEEDED = 16  # rows: header, two lanes, 7 and 4 of the tiles, one between, the keys


def help_rows(height: int, *, tape: bool) -> int:
    """Rows that the help page has: what is left under the tiles, or the one between them."""
    spare = height - NEEDED
    left = spare - tape * (2 if spare >= 4 else 1)
    return left if left >= 4 else 1


def small(c: Canvas, scene: Scene) -> tuple[tuple[int, int], ...]:
    """Draws it; returns row and rows of the figures."""
    top, spare = lanes(c, scene), c.height - NEEDED
    half = (c.width - 3) // 2
    pressure(c, scene, 2, top, c.width - 3, 5, limits_row=False)
    rates = top + 8
    rate(c, scene, "hr", 2, rates, half - 1, 3)
    rate(c, scene, "spo2", 2 + half + 1, rates, half - 1, 3)
    tape = scene.picture.transport is not None
    if spare <= 0:
        _one_row(c, scene, top + 7, tape=tape)
    else:
        below = rates + 4
        rows = 2 if spare >= 4 else 1
        if tape:
            transport(c, scene, c.height - 1 - rows, rows)
            spare -= rows
        first = below + (1 if spare > 2 else 0)
        if scene.help_page and spare >= 4:
            helppage(c, scene, 1, below, c.width - 2, help_rows(c.height, tape=tape))
        else:
            events(c, scene, 2, first, c.width - 4, spare - (first - below))
            if scene.notice and spare <= 0:
                _one_row(c, scene, top + 7, tape=False)
    if scene.help_page and spare < 4:
        helppage(c, scene, 1, top + 7, c.width - 2, 1)
    line = LOOKS[type(scene.panel)].line if scene.panel is not None else None
    if line is not None and not scene.help_page:
        line(c, scene.panel, 1, top + 7, c.width - 2)
    footer(c, scene)
    return ((top + 1, 5), (rates + 1, 3))


def _one_row(c: Canvas, scene: Scene, y: int, *, tape: bool) -> None:
    """The only free row: the tape, a notice in its line's place; else a notice or an event."""
    if tape:
        transport(c, scene, y, 1, shared=True)
    else:
        events(c, scene, 2, y, c.width - 4, 1)
