"""The pressure tile: SYS ends at the slash and DIA begins at it, so 99 → 100 moves nothing."""

from ketamon.feed.messages import ConditionView
from ketamon.tui.canvas import Canvas
from ketamon.tui.figures import SLASH, big, span
from ketamon.tui.scene import Scene, ink, stands
from ketamon.tui.shown import MISSING, Number, Shown, exact, whole
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
    c: Canvas, scene: Scene, x: int, y: int, width: int, size: int, *,
    limits_row: bool, rows: int = 0,
) -> int:  # fmt: skip
    """Draws the tile with its top left at (x, y); returns the rows it takes, of `rows` at most.

    Under the figures stand changes, limits and HIGH limits, as far as there are rows. What the cuff
    does or waits for takes the last one.
    """
    sys, dia, mean = (scene.show(name) for name in ("sys", "dia", "map"))
    worst = scene.of("sys", "dia", "map")
    height = size + (3 if limits_row else 2)
    if limits_row and rows > height and any(_bases(sys, dia)) and _highs(sys, dia):
        height += 1
    limits = "" if limits_row else short_limits(sys, dia, ascii_only=c.means.ascii)
    label_row(c, x, y, width, "NIBP mmHg", "nibp", worst, sys, limits, next_words(scene))
    bar(c, x, y, height, worst)
    left = x + 1
    slash = left + span(3, size) + 1
    second = slash + SLASH[size] + 1
    _figures(c, scene, left, y + 1, size, "sys", sys, f"{sys.figures:>3}")
    c.block(slash, y + 1, big("/", size), "dim")
    _figures(c, scene, second, y + 1, size, "dia", dia, f"{dia.figures:<3}")
    foot, last = y + 1 + size, y + height - 1
    edge = _mean(c, scene, x + width - 1, foot, mean) - 2
    free = last + 1 - act_row(c, scene, left, last, edge if last == foot else x + width - 1)
    if foot < free and _changes(c, scene, left, second, foot, sys, dia):
        foot += 1
    for words in (*(_bounds(sys, dia) if limits_row else ()), *_highs(sys, dia)):
        if foot < free:
            c.put(left, foot, words[0], "dim")
            c.put(second, foot, words[1], "dim")
            foot += 1
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
) -> bool:
    """What it is against the baseline; after a loss, what it was. False where neither is known."""
    drawn = False
    for x, name, shown, own in ((left, "sys", sys, "bright"), (second, "dia", dia, "text")):
        rise = change(shown)
        if shown.state == "lost" and shown.last is not None:
            c.put(x, y, f"last {whole(shown.last)}", "text")
        elif rise:
            share = f"  {_percent(shown)}" if name == "sys" else ""
            c.put(x, y, f"Δ {rise}{share}", ink(scene.of(name), own))
        else:
            continue
        drawn = True
    return drawn


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


Pair = tuple[str, str]  # what is said of SYS, and of DIA


def _bounds(sys: Shown, dia: Shown) -> tuple[Pair, ...]:
    """The first limits, and the baseline where there is one."""
    bases = _bases(sys, dia)
    words = [corridor(shown.view) for shown in (sys, dia)]
    if bases == [None, None]:
        return ((f"limits {words[0]}", words[1]),)
    first, second = (
        word if base is None else f"{word}   base {exact(base)}"
        for word, base in zip(words, bases, strict=True)
    )
    return ((first, second),)


def _bases(sys: Shown, dia: Shown) -> list[Number | None]:
    return [shown.view.baseline if shown.view else None for shown in (sys, dia)]


def _highs(sys: Shown, dia: Shown) -> tuple[Pair, ...]:
    """The limits of HIGH, where they are others."""
    words = [
        "" if (high := corridor(shown.view, "high")) in ("OFF", corridor(shown.view)) else high
        for shown in (sys, dia)
    ]
    if not any(words):
        return ()
    return (
        (f"HIGH   {words[0]}" if words[0] else "", words[1] if words[0] else f"HIGH {words[1]}"),
    )


def short_limits(sys: Shown, dia: Shown, *, ascii_only: bool = False) -> str:
    """`90–160 ≤100` for the label row of a small tile."""
    high = level(dia.view, "high")
    words = corridor(sys.view).replace(" ", "")
    at_most = "<=" if ascii_only else "≤"
    return f"{words} {at_most}{exact(high)}" if high is not None else words
