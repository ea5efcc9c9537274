"""The trends: three panes under one axis of time that ends at now, each beside its number.

Colour means now, shape remembers: only a condition that still stands is coloured; what was beyond
a limit stays visible as a bar above its line.
"""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from ketamon.feed.messages import Bin
from ketamon.tui.canvas import Canvas
from ketamon.tui.scene import Scene, ink, stands
from ketamon.tui.shown import exact, whole
from ketamon.tui.times import clock, wall
from ketamon.tui.widgets.plot import Axis, Extremes, Pane, bar, columns, dots, outside, rule
from ketamon.tui.widgets.tile import level

GUTTER = 5
SCALES = {"nibp": (50, 200), "hr": (40, 130), "spo2": (82, 101)}
NEAR_LOW_MMHG = 20  # the low limit appears when a reading is this near
SPANS_MIN = (15, 30, 60, 120, 180, 240, 360, 480, 720, 1440, 2880, 5760)
TICKS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440)
GAP_WORD = "gap"


@dataclass(frozen=True, slots=True)
class Rows:
    """Where the three panes and the axis row lie."""

    nibp: tuple[int, int]
    hr: tuple[int, int]
    spo2: tuple[int, int]
    axis: int


def minutes(scene: Scene) -> int:
    """How long the trends reach; `all` takes the next round span, so that it seldom changes."""
    if scene.window.minutes is not None:
        return scene.window.minutes
    return next((m for m in SPANS_MIN if m * 60 > scene.now), -(-int(scene.now) // 86400) * 1440)


def trends(c: Canvas, scene: Scene, x: int, width: int, rows: Rows) -> None:
    """Draws all three; `x` and `width` include the gutter that names the lines."""
    room = width - GUTTER
    if room < 8 or not scene.picture.mode:
        return
    axis = Axis(x + GUTTER, room, minutes(scene) * 60 / room, scene.now)
    panes = {
        name: Pane(axis, *place, *SCALES[name])
        for name, place in (("nibp", rows.nibp), ("hr", rows.hr), ("spo2", rows.spo2))
    }
    _dose(c, scene, axis, rows)
    _nibp(c, scene, panes["nibp"])
    for name in ("hr", "spo2"):
        _rate(c, scene, name, panes[name])
    _axis(c, scene, axis, rows.axis)


def _lines(c: Canvas, pane: Pane, named: list[tuple[float | None, str, str]]) -> None:
    """Lines with their value in the gutter; one whose row is taken gives way."""
    taken: set[int] = set()
    for value, glyph, shade in named:
        if value is None or not pane.low <= value <= pane.high or pane.row(value) in taken:
            continue
        taken.add(pane.row(value))
        rule(c, pane, value, glyph, shade)
        c.right(pane.axis.x - 1, pane.row(value), exact(value), "dim")


def _nibp(c: Canvas, scene: Scene, pane: Pane) -> None:
    sys, dia = (scene.picture.vitals.get(name) for name in ("sys", "dia"))
    high, low = level(sys, "high"), level(sys, "low")
    found = columns(pane.axis, (b for b in scene.picture.bars if b.t <= scene.now))
    near = low is not None and any(col.top <= low + NEAR_LOW_MMHG for col in found)
    outside(c, pane, None, high)
    base = sys.baseline if sys else None
    _lines(
        c, pane,
        [
            (high, "╌", "limit"), (level(dia, "high"), "╌", "limit"), (base, "· ", "dim"),
            (low if near else None, "╌", "limit"), (level(sys, "high", "high"), "╌", "limit"),
        ],
    )  # fmt: skip
    condition = scene.of("sys")
    beyond = ink(condition, "") if condition is not None else ""
    newest = scene.picture.bars[-1] if scene.picture.bars else None
    edge = pane.axis.x + pane.axis.width + 3
    for column in reversed(found):
        first = column.newest is newest
        bar(c, pane, column, "nibp" if first else "bar", high, beyond if first else "")
    for column in reversed(found):
        first = column.newest is newest
        left = min(column.x - 1, pane.axis.x + pane.axis.width - 3)
        if left + 3 > edge - 1 and not first:
            continue
        edge = left
        above, under = pane.row(column.top) - 1, pane.row(column.bottom) + 1
        shade = (beyond or "bright") if first else "dim"
        if column.newest.systolic is not None:
            c.put(left, max(pane.y, above), f"{whole(column.top):>3}", shade, bold=first)
        if column.newest.diastolic is not None and under < pane.y + pane.height:
            c.put(left, under, f"{whole(column.bottom):>3}", "bright" if first else "dim")


def _rate(c: Canvas, scene: Scene, name: str, pane: Pane) -> None:
    view = scene.picture.vitals.get(name)
    high, low = level(view, "high"), level(view, "low")
    outside(c, pane, low, high)
    _lines(
        c, pane,
        [
            (low, "╌", "limit"), (high, "╌", "limit"),
            (view.baseline if view else None, "· ", "dim"),
            (level(view, "low", "high"), "╌", "limit"), (level(view, "high", "high"), "╌", "limit"),
        ],
    )  # fmt: skip
    bins: dict[float, Bin] = scene.picture.bins.get(name, {})
    found = pane.axis.halves(bins, scene.picture.bin_s)
    condition = scene.of(name)
    alarm = None
    if condition is not None and stands(condition):
        alarm = (condition.since_t, ink(condition, name))
    dots(c, pane, found, name, alarm)
    if view is None or view.t is None or view.stale_after_s is not None:
        _gaps(c, pane, found)  # a charted value holds until the next: nothing is missing
    _beyond(c, pane, found, name)


def _gaps(c: Canvas, pane: Pane, found: Extremes) -> None:
    """The word in a gap between two readings, where it fits with a blank on each side."""
    halves = sorted(found)
    for before, after in pairwise(halves):
        first, last = before // 2 + 1, (after - 1) // 2
        if after - before <= 1 or last - first + 1 < len(GAP_WORD) + 2:
            continue
        # a source that speaks once in a while has no gaps, only distances
        if before - 1 not in found and after + 1 not in found:
            continue
        x = pane.axis.x + (first + last + 1 - len(GAP_WORD)) // 2
        c.put(x - 1, pane.row(found[before][1]), f" {GAP_WORD} ", "dim")


def _beyond(c: Canvas, pane: Pane, found: Extremes, name: str) -> None:
    """A run of values beyond the scale sits at the edge with its extreme figure."""
    for side, extreme, y in (
        (1, max, pane.y + 1), (0, min, pane.y + pane.height - 2),
    ):  # fmt: skip
        run: list[int] = []
        over = [
            h for h in sorted(found)
            if (found[h][1] > pane.high if side else found[h][0] < pane.low)
        ]  # fmt: skip
        for half in [*over, None]:
            if run and (half is None or half > run[-1] + 4):
                worst = extreme(found[h][side] for h in run)
                at = next(h for h in run if found[h][side] == worst)
                text = whole(worst)
                x = pane.axis.x + min(max(0, at // 2 - 1), pane.axis.width - len(text))
                c.put(x, y, text, name)
                run = []
            if half is not None:
                run.append(half)


def _dose(c: Canvas, scene: Scene, axis: Axis, rows: Rows) -> None:
    """A dotted line through all panes where dosing began."""
    began = dosing_began(scene)
    x = None if began is None else axis.column(began)
    if x is None:
        return
    for y in range(rows.nibp[0], rows.spo2[0] + rows.spo2[1]):
        c.put(x, y, "┊", "limit")


def dosing_began(scene: Scene) -> float | None:
    """When dosing began, from the phase or from the tape's marks; None if it did not."""
    picture = scene.picture
    if picture.phase == "dosing" and picture.phase_t is not None:
        return picture.phase_t
    marks = picture.transport.marks if picture.transport else ()
    begun = [m.t for m in marks if m.what == "phase" and "dosing" in m.text and m.t <= scene.now]
    return max(begun, default=None)


def _axis(c: Canvas, scene: Scene, axis: Axis, y: int) -> None:
    """How long, round clock times, and now."""
    total = minutes(scene)
    name = f"{total} min" if total <= 120 else f"{total // 60} h"
    end = c.put(axis.x, y, name, "dim")
    last = c.right(axis.x + axis.width, y, "now", "text")
    step = next((s for s in TICKS_MIN if s * 60 / axis.column_s >= 10), TICKS_MIN[-1])
    for t in _ticks(scene, axis, step):
        x = axis.column(t)
        if x is None:
            continue
        left = x - 2
        if left > end + 1 and left + 5 < last - 1:
            end = c.put(left, y, clock(scene.picture.started, t, seconds=False), "dim")
    began = dosing_began(scene)
    x = None if began is None else axis.column(began)
    if x is not None:
        for left, text in ((x, "└dose"), (x - 4, "dose┘")):
            if left >= axis.x and all(c.free(left + i, y) for i in range(-1, 6)):
                c.put(left, y, text, "dim")
                return
        if c.free(x, y):
            c.put(x, y, "┊", "dim")


def _ticks(scene: Scene, axis: Axis, step_min: int) -> list[float]:
    """Round clock times in the window, as session time; round session time without a clock."""
    step, since = step_min * 60, axis.since
    begin = wall(scene.picture.started, 0.0)
    offset = 0.0
    if begin is not None:
        midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
        offset = (begin - midnight) / timedelta(seconds=1)
    first = -(-(since + offset) // step) * step - offset
    count = int(axis.width * axis.column_s // step) + 1
    return [first + i * step for i in range(count) if first + i * step >= 0 or begin is not None]
