"""The pressure tile: SYS ends at the slash and DIA begins at it, so 99 → 100 moves nothing."""

from ketamon.feed.messages import ConditionView
from ketamon.tui.canvas import Canvas
from ketamon.tui.figures import SLASH, big, span
from ketamon.tui.scene import Scene, ink, stands
from ketamon.tui.shown import MISSING, Shown, exact, whole
from ketamon.tui.widgets.cuff import act_row, next_words
from ketamon.tui.widgets.tile import (
    bar,
    change,
    corridor,
    fills,
    flood,
    label_row,
    level,
    marked,
    number,
    number_ink,
)


def pressure(
    c: Canvas, scene: Scene, x: int, y: int, width: int, size: int, *, limits_row: bool
) -> int:
    """Draws the tile with its top left at (x, y); returns the rows it takes.

    What the cuff does or waits for takes the last row: the limits', else that of the changes.
    """
    sys, dia, mean = (scene.show(name) for name in ("sys", "dia", "map"))
    worst = scene.of("sys", "dia", "map")
    height = size + (3 if limits_row else 2)
    limits = "" if limits_row else short_limits(sys, dia)
    label_row(c, x, y, width, "NIBP mmHg", "nibp", worst, sys, limits, next_words(scene))
    bar(c, x, y, height, worst)
    left = x + 1
    slash = left + span(3, size) + 1
    second = slash + SLASH[size] + 1
    _figures(c, scene, left, y + 1, size, "sys", sys, f"{sys.figures:>3}")
    c.block(slash, y + 1, big("/", size), "dim")
    _figures(c, scene, second, y + 1, size, "dia", dia, f"{dia.figures:<3}")
    foot = y + 1 + size
    edge = _mean(c, scene, x + width - 1, foot, mean) - 2
    acting = act_row(c, scene, left, foot + limits_row, x + width - 1 if limits_row else edge)
    if limits_row or not acting:
        _changes(c, scene, left, second, foot, sys, dia)
    if limits_row and not acting:
        c.put(left, foot + 1, _bounds(sys), "dim")
        c.put(second, foot + 1, _bounds(dia), "dim")
    if fills(c, worst):
        flood(c, x, y, width, height)
    return height


def _figures(
    c: Canvas, scene: Scene, x: int, y: int, size: int, name: str, shown: Shown, text: str
) -> None:
    condition = scene.of(name)
    light = marked(c, condition) and shown.value is not None
    shade = number_ink(shown, condition, "nibp", light=light)
    number(c, x, y, size, text, shade, condition, marker=light)


def _changes(
    c: Canvas, scene: Scene, left: int, second: int, y: int, sys: Shown, dia: Shown
) -> None:
    """What it is against the baseline; after a loss, what it was."""
    for x, name, shown, own in ((left, "sys", sys, "bright"), (second, "dia", dia, "text")):
        if shown.state == "lost" and shown.last is not None:
            c.put(x, y, f"last {whole(shown.last)}", "text")
            continue
        rise = change(shown)
        if not rise:
            continue
        share = f"  {_percent(shown)}" if name == "sys" else ""
        c.put(x, y, f"Δ {rise}{share}", ink(scene.of(name), own))


def _percent(shown: Shown) -> str:
    base = shown.view.baseline if shown.view else None
    if not base or shown.value is None:
        return ""
    return f"{(shown.value - base) / base * 100:+.0f} %".replace("-", "−")


def _mean(c: Canvas, scene: Scene, end: int, y: int, mean: Shown) -> int:
    if mean.state == "none":
        return end
    condition: ConditionView | None = scene.of("map")
    standing = condition is not None and stands(condition)
    text = f"MAP {mean.figures}" if mean.value is not None else f"MAP {MISSING}"
    return c.right(end, y, text, ink(condition, "text"), bold=standing)


def _bounds(shown: Shown) -> str:
    base = shown.view.baseline if shown.view else None
    words = corridor(shown.view)
    return f"{words}   base {exact(base)}" if base is not None else f"limits {words}"


def short_limits(sys: Shown, dia: Shown) -> str:
    """`90–160 ≤100` for the label row of a small tile."""
    high = level(dia.view, "high")
    words = corridor(sys.view).replace(" ", "")
    return f"{words} ≤{exact(high)}" if high is not None else words
