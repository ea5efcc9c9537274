"""The numbers in small, so that a page has room under them: never fewer, never without their marks.

From 70 columns in figures of three rows, below that as text.
"""

from ketamon.tui.canvas import Canvas, fit
from ketamon.tui.figures import SLASH, big, span
from ketamon.tui.scene import Scene, ink
from ketamon.tui.shown import Shown
from ketamon.tui.widgets.cuff import act, next_words
from ketamon.tui.widgets.pressure import short_limits
from ketamon.tui.widgets.rate import NAMES
from ketamon.tui.widgets.tile import (
    bar,
    broken,
    corridor,
    label_row,
    number,
    number_ink,
    provenance,
)

WIDE = 70
SIZE = 3
PRESSURE_WIDTH = 36


def strip_rows(width: int) -> int:
    """Rows that it takes."""
    return 1 + SIZE if width >= WIDE else 3


def strip(c: Canvas, scene: Scene, y: int) -> tuple[tuple[int, int], ...]:
    """Draws it from that row on; returns row and rows of the figures."""
    if c.width < WIDE:
        _text(c, scene, y)
        return ()
    sys, dia = scene.show("sys"), scene.show("dia")
    worst = scene.of("sys", "dia", "map")
    limits = short_limits(sys, dia, ascii_only=c.means.ascii)
    label_row(c, 2, y, PRESSURE_WIDTH, "NIBP mmHg", "nibp", worst, sys, limits, _coming(scene))
    bar(c, 2, y, 1 + SIZE, worst)
    slash = 3 + span(3, SIZE) + 1
    _figures(c, scene, 3, y + 1, "sys", sys, f"{sys.figures:>3}")
    c.block(slash, y + 1, big("/", SIZE), "dim")
    _figures(c, scene, slash + SLASH[SIZE] + 1, y + 1, "dia", dia, f"{dia.figures:<3}")
    left = 2 + PRESSURE_WIDTH + 1
    each = (c.width - left - 1) // 2
    for i, vital in enumerate(("hr", "spo2")):
        shown, condition, x = scene.show(vital), scene.of(vital), left + i * each
        label_row(
            c,
            x,
            y,
            each - 1,
            NAMES[vital],
            vital,
            condition,
            shown,
            corridor(shown.view).replace(" ", ""),
        )
        bar(c, x, y, 1 + SIZE, condition)
        _figures(c, scene, x + 1, y + 1, vital, shown, f"{shown.figures:>3}")
        if shown.mark and shown.value is not None:
            c.put(x + 1 + span(3, SIZE) + 1, y + 3, shown.mark, "bright", bold=True)
    return ((y + 1, SIZE),)


def _coming(scene: Scene) -> tuple[str, ...]:
    words, aside, _ = act(scene)
    return tuple(w for w in (f"{words} {aside}".strip(), words) if w) or next_words(scene)


def _figures(c: Canvas, scene: Scene, x: int, y: int, vital: str, shown: Shown, text: str) -> None:
    condition = scene.of(vital)
    number(
        c,
        x,
        y,
        SIZE,
        text,
        number_ink(shown, condition, vital if vital in NAMES else "nibp", light=False),
    )


def _text(c: Canvas, scene: Scene, y: int) -> None:
    """One row a number: name, figures, mark and broken limit or the limits, age."""
    sys, dia = scene.show("sys"), scene.show("dia")
    lines = (
        ("NIBP mmHg", ("sys", "dia", "map"), "nibp", sys, f"{sys.figures}/{dia.figures}",
         short_limits(sys, dia, ascii_only=c.means.ascii)),
        *((NAMES[v], (v,), v, scene.show(v), scene.show(v).figures + scene.show(v).mark,
           corridor(scene.show(v).view)) for v in ("hr", "spo2")),
    )  # fmt: skip
    for i, (name, vitals, own, shown, figures, limits) in enumerate(lines):
        condition = scene.of(*vitals)
        if condition is not None:
            c.drawn.add(condition.condition)
        c.put(2, y + i, name, f"{own}", bold=True)
        shade = "limit" if shown.value is None else "dim" if shown.dim else ink(condition, own)
        lost = scene.lost
        c.put(13, y + i, "---" if lost else figures, "limit" if lost else shade, bold=True)
        words = broken(condition) if condition else limits
        c.put(22, y + i, words, ink(condition, "dim") if condition else "dim", bold=bool(condition))
        coming = _coming(scene)[-1:] if own == "nibp" else ()
        told = "  ".join((provenance(shown)[-1], *coming)).strip()
        room = c.width - 2 - 24 - len(words)
        c.right(c.width - 1, y + i, fit(told, room), "text")
