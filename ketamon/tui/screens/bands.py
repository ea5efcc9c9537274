"""The whole screen from 80x24 up: a vital's trend, number and facts share one band.

The trend ends at now, beside its number. Larger terminals get taller bands, not more boxes.
"""

from dataclasses import dataclass

from ketamon.tui.canvas import Canvas
from ketamon.tui.scene import Scene
from ketamon.tui.screens.panels import LOOKS
from ketamon.tui.views import VIEWS
from ketamon.tui.widgets.devices import BAR_FROM, devicebar, has_bar
from ketamon.tui.widgets.events import events
from ketamon.tui.widgets.footer import footer
from ketamon.tui.widgets.helppage import helppage
from ketamon.tui.widgets.lanes import TALL, lanes
from ketamon.tui.widgets.page import draw_page
from ketamon.tui.widgets.pressure import pressure
from ketamon.tui.widgets.rate import rate
from ketamon.tui.widgets.transport import transport
from ketamon.tui.widgets.trend import Rows, trends

LEAST = (80, 24)
LARGE = BAR_FROM
HUGE = (200, 60)
EVENTS_WIDTH = 46
TILE_WIDTH = 46  # three figures of DIA end in its last column but one


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything lies on a screen of one size."""

    size: int  # rows of a figure
    tile_x: int
    tile_width: int
    trend_width: int
    nibp: int
    hr: int
    spo2: int
    rates_height: tuple[int, int]
    rows: Rows
    events: tuple[int, int]  # row, rows
    tape: tuple[int, int]  # row, rows
    devices: int | None  # row

    @property
    def panel(self) -> tuple[int, int, int, int]:
        """The rectangle of the trends: pages lie over it."""
        return 1, self.nibp, self.trend_width, self.rows.axis - self.nibp + 1

    def panel_of(self, needed: int) -> tuple[int, int, int, int]:
        """As many whole trends, from the top, as make so many rows."""
        x, y, width, height = self.panel
        heights = (self.hr - y, self.spo2 - y)
        return x, y, width, next((h for h in heights if h >= needed), height)


def layout(width: int, height: int, top: int, *, tape: bool) -> Layout:
    """Divides the rows between the lanes and the footer; what is least needed goes first."""
    large = width >= LARGE[0] and height >= LARGE[1]
    size = 7 if large else 5
    tape_rows, event_rows = _lower(height, tape=tape)
    aside = EVENTS_WIDTH if width >= HUGE[0] and height >= HUGE[1] else 0
    devices = int(has_bar(width, height, tape=tape))
    event_rows = 1 if aside else event_rows - devices
    end = height - 1 - tape_rows - event_rows - devices
    needs = (size + (3 if large else 2), size + 1, size + 1)
    spare = end - top - sum(needs)
    axis = 1 if spare >= 1 else 0
    gap = 1 if spare >= 3 else 0
    head = 1 if spare >= 4 else 0
    left = spare - axis - 2 * gap - head
    first, second = needs[0] + (left * 2 + 4) // 5, needs[1] + left * 3 // 10
    nibp = top + head
    hr = nibp + first + gap
    spo2 = hr + second + gap
    axis_row = end - 1
    tile_x = width - 1 - aside - TILE_WIDTH
    return Layout(
        size, tile_x, TILE_WIDTH, tile_x - (4 if large else 3), nibp, hr, spo2,
        (second + gap, axis_row - spo2 + 1),
        Rows((nibp, first), (hr + 1, second - 1), (spo2 + 1, axis_row - spo2 - 1), axis_row),
        (end, event_rows), (end + event_rows, tape_rows), height - 2 if devices else None,
    )  # fmt: skip


def _lower(height: int, *, tape: bool) -> tuple[int, int]:
    """Rows of the tape and of the events under the bands."""
    if not tape:
        return (0, 4) if height >= TALL else (0, 1)
    if height >= TALL:
        return 4, 1
    if height >= 28:
        return 2, 1
    return (1, 1) if height >= 25 else (1, 0)


def bands(c: Canvas, scene: Scene) -> Layout:
    """Draws lanes, bands, tape, events and keys; returns where they lie."""
    at = layout(c.width, c.height, lanes(c, scene), tape=scene.picture.transport is not None)
    x, width = at.tile_x, at.tile_width
    pressure(c, scene, x, at.nibp, width, at.size, limits_row=at.size == 7,
             rows=at.rows.nibp[1])  # fmt: skip
    rate(c, scene, "hr", x, at.hr, width, at.size, height=at.rates_height[0])
    rate(c, scene, "spo2", x, at.spo2, width, at.size, height=at.rates_height[1])
    if scene.help_page:
        helppage(c, scene, *at.panel)
    elif scene.view:
        draw_page(c, VIEWS[scene.view](scene, at.panel[2]), *at.panel, start=scene.scroll)
    else:
        trends(c, scene, 1, at.trend_width, at.rows)
    if scene.panel is not None and not scene.help_page:
        look = LOOKS[type(scene.panel)]
        look.draw(c, scene, scene.panel, *at.panel_of(look.needed))
    if c.width >= HUGE[0] and c.height >= HUGE[1]:
        left = c.width - EVENTS_WIDTH + 2
        c.put(left, at.nibp, "EVENTS", "dim", bold=True)
        events(c, scene, left, at.nibp + 2, EVENTS_WIDTH - 4, at.rows.axis - at.nibp - 1)
    elif at.events[1]:
        events(c, scene, 2, at.events[0], c.width - 4, at.events[1])
    if at.devices is not None:
        devicebar(c, scene, 2, at.devices, c.width - 4)
    if at.tape[1]:
        transport(c, scene, *at.tape, shared=not at.events[1])
    footer(c, scene)
    return at
