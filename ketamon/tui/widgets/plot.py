"""A pane of time against value, and what is drawn in one: dots, bars, lines.

Time stands still within a column: the pane moves by whole columns, so that nothing is redrawn in
between. A half column without a reading stays blank and is never joined to its neighbour.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ketamon.feed.messages import Bin, CuffBar
from ketamon.tui.canvas import Canvas

QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"  # bits: 1 upper left, 2 upper right, 4 lower left, 8 lower right
EIGHTHS = " ▁▂▃▄▅▆▇█"
Extremes = dict[int, tuple[float, float]]  # half column → lowest, highest


@dataclass(frozen=True, slots=True)
class Axis:
    """The columns of a pane in session time: the last one holds `now`."""

    x: int
    width: int
    column_s: float
    now: float

    @property
    def end(self) -> int:
        """The number of the last column, counted from the session's start."""
        return math.floor(self.now / self.column_s)

    @property
    def since(self) -> float:
        """Session time at the left edge."""
        return (self.end - self.width + 1) * self.column_s

    def column(self, t: float) -> int | None:
        """Where a moment lies; None outside the pane or after now."""
        at = math.floor(t / self.column_s) - self.end + self.width - 1
        return self.x + at if 0 <= at < self.width and t <= self.now else None

    def halves(self, bins: Mapping[float, Bin], bin_s: float) -> Extremes:
        """Lowest and highest value of each half column, none of them lost."""
        half_s, since, now = self.column_s / 2, self.since, self.now
        found: Extremes = {}
        first, last = (self.end - self.width + 1) * 2, self.width * 2 - 1
        for b in bins.values():
            t, until = b.t, b.t + bin_s
            if until <= since or t > now:
                continue
            start = max(first, math.floor(t / half_s))
            stop = max(start, math.ceil((until if until < now else now) / half_s) - 1)
            for half in range(start - first, min(stop - first, last) + 1):
                known = found.get(half)
                if known is None:
                    found[half] = (b.low, b.high)
                elif b.low < known[0] or b.high > known[1]:
                    found[half] = (min(known[0], b.low), max(known[1], b.high))
        return found


@dataclass(frozen=True, slots=True)
class Pane:
    """Where a trend is drawn and what its fixed scale spans."""

    axis: Axis
    y: int
    height: int
    low: float
    high: float

    def level(self, value: float, steps: int) -> float:
        """Distance from the bottom in steps a cell, kept inside the pane."""
        share = (value - self.low) / (self.high - self.low)
        return min(self.height * steps, max(0.0, share * self.height * steps))

    def row(self, value: float) -> int:
        """The row that a value falls in."""
        return self.y + self.height - 1 - min(self.height - 1, int(self.level(value, 1)))

    def dot(self, value: float) -> int:
        """The half row, counted from the bottom, that a value falls in."""
        return min(self.height * 2 - 1, int(self.level(value, 2)))


def rule(c: Canvas, pane: Pane, value: float, glyph: str, ink: str) -> None:
    """A horizontal line at a value, where nothing else stands."""
    y, x, end = pane.row(value), pane.axis.x, pane.axis.x + pane.axis.width
    line = glyph * pane.axis.width
    start = x
    while start < end:
        stop = start
        while stop < end and c.free(stop, y):
            stop += 1
        if stop > start:
            c.put(start, y, line[start - x : stop - x], ink)
        start = stop + 1


def outside(c: Canvas, pane: Pane, low: float | None, high: float | None) -> None:
    """One shade off the ground beyond the limits: the corridor is seen without reading."""
    for y in range(pane.y, pane.y + pane.height):
        if (high is not None and y < pane.row(high)) or (low is not None and y > pane.row(low)):
            c.tint(pane.axis.x, y, pane.axis.width, 1, "outside")


def dots(c: Canvas, pane: Pane, found: Extremes, ink: str, alarm: tuple[float, str] | None) -> None:
    """Lowest to highest of each half column; from session time `alarm[0]` on in its ink."""
    bits: dict[tuple[int, int], int] = {}
    for half in sorted(found):
        bottom, top = pane.dot(found[half][0]), pane.dot(found[half][1])
        before = found.get(half - 1)
        if before is not None:
            under, over = pane.dot(before[0]), pane.dot(before[1])
            if over < bottom - 1:
                bottom = over + 1
            elif under > top + 1:
                top = under - 1
        alone = half - 1 not in found and half + 1 not in found
        for dot in range(bottom, top + 1):
            up = pane.height * 2 - 1 - dot
            at = (pane.y + up // 2, pane.axis.x + half // 2)
            mask = 3 << (2 * (up % 2)) if alone else 1 << (half % 2 + 2 * (up % 2))
            bits[at] = bits.get(at, 0) | mask
    late = None if alarm is None else pane.axis.column(max(alarm[0], pane.axis.since))
    for (y, x), mask in bits.items():
        shade = alarm[1] if alarm is not None and late is not None and x >= late else ink
        c.put(x, y, "*" if c.means.ascii else QUADRANTS[mask], shade)


@dataclass(frozen=True, slots=True)
class Column:
    """The cuff readings of one column: one bar over all of them, figures of the newest.

    `slim`: the next column has a bar too, so this one leaves a gap before it.
    """

    x: int
    top: float
    bottom: float
    newest: CuffBar
    slim: bool = False


def columns(axis: Axis, bars: Iterable[CuffBar]) -> list[Column]:
    """Puts readings into columns, oldest first, extremes kept; half a reading is a dot."""
    found: dict[int, Column] = {}
    for reading in bars:
        x = axis.column(reading.t)
        values = [v for v in (reading.systolic, reading.diastolic) if v is not None]
        if x is None or not values:
            continue
        top, bottom = max(values), min(values)
        if x in found:
            top, bottom = max(top, found[x].top), min(bottom, found[x].bottom)
        found[x] = Column(x, top, bottom, reading)
    return [replace(found[x], slim=x + 1 in found) for x in sorted(found)]


def bar(
    c: Canvas, pane: Pane, column: Column, ink: str, high: float | None = None, beyond: str = ""
) -> None:
    """A bar from DIA to SYS, ends in eighths of a cell; above `high` in the ink `beyond`.

    A slim one is half a column wide, its ends in halves of a cell: no glyph has both.
    """
    x, steps = column.x, 2 if column.slim else 8
    top, bottom = round(pane.level(column.top, steps)), round(pane.level(column.bottom, steps))
    top = max(top, bottom + 1) if top < pane.height * steps else top
    bottom = min(bottom, top - 1)
    for cell in range(bottom // steps, -(-top // steps)):
        y = pane.y + pane.height - 1 - cell
        over = beyond and high is not None and cell >= int(pane.level(high, 1))
        shade = beyond if over else ink
        full = min(steps, top - cell * steps)
        if c.means.ascii:
            c.put(x, y, "|" if column.slim else "#", shade)
        elif column.slim:
            c.put(x, y, "▘" if cell * 2 < bottom else "▖" if full == 1 else "▌", shade)
        elif cell == bottom // 8 and bottom % 8 and full == 8:
            # block glyphs grow from below: the lower end is the ground's colour on the bar's
            c.put(x, y, EIGHTHS[bottom % 8], c.looks[y][x].paper, shade)
        else:
            c.put(x, y, EIGHTHS[full], shade)
