"""Changed cells as terminal bytes: as few as will do.

Textual repaints a row from its beginning when one cell of it changes (measured: 4 kB/s for a
screen on which a clock and two numbers move). Here only the changed cells are sent, colours only
when they change, and the cursor takes the shorter way.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rich.color import Color, ColorSystem

from ketamon.tui.canvas import Canvas, Look
from ketamon.tui.palette import Colour, Theme

JOIN = 3  # changed cells this near are one span: moving the cursor costs more than they do
SYNC_FROM = 512  # bytes; a smaller frame arrives whole anyway
SYNC = "\x1b[?2026h", "\x1b[?2026l"
Span = tuple[int, int, int]  # row, first column, column after


class Pen(NamedTuple):
    """What a terminal is set to: codes of front and back colour, weight, reverse video."""

    front: str = "39"
    back: str = "49"
    bold: bool = False
    reverse: bool = False


def changes(before: Canvas, after: Canvas) -> list[Span]:
    """The changed spans of two canvases of one size; near ones are joined."""
    spans: list[Span] = []
    for y in range(after.height):
        old_chars, new_chars = before.chars[y], after.chars[y]
        old_looks, new_looks = before.looks[y], after.looks[y]
        if old_chars == new_chars and old_looks == new_looks:
            continue
        start = end = -1
        for x in range(after.width):
            if old_chars[x] == new_chars[x] and old_looks[x] == new_looks[x]:
                continue
            if start >= 0 and x - end > JOIN:
                spans.append((y, start, end))
                start = x
            start, end = (x if start < 0 else start), x + 1
        spans.append((y, start, end))
    return spans


def frame(
    canvas: Canvas, spans: Iterable[Span], theme: Theme, system: str | None, *, sync: bool
) -> str:
    """The bytes that bring those spans to the terminal, its style reset at the end."""
    out: list[str] = []
    pen, row, column = Pen(), -1, -1
    for y, start, end in spans:
        step = f"\x1b[{start - column}C" if y == row and start > column else ""
        jump = f"\x1b[{y + 1};{start + 1}H"
        out.append(step if step and len(step) < len(jump) else jump)
        for x in range(start, end):
            wanted = pen_of(theme, canvas.looks[y][x], system)
            if wanted != pen:
                out.append(switch(pen, wanted))
                pen = wanted
            out.append(canvas.chars[y][x])
        row, column = y, end
    if not out:
        return ""
    if pen != Pen():
        out.append("\x1b[m")
    text = "".join(out)
    return SYNC[0] + text + SYNC[1] if sync and len(text) >= SYNC_FROM else text


def switch(old: Pen, new: Pen) -> str:
    """The shortest way from one setting to another."""
    codes = []
    if old.bold != new.bold:
        codes.append("1" if new.bold else "22")
    if old.reverse != new.reverse:
        codes.append("7" if new.reverse else "27")
    if old.front != new.front:
        codes.append(new.front)
    if old.back != new.back:
        codes.append(new.back)
    return f"\x1b[{';'.join(codes)}m" if codes else ""


def pen_of(theme: Theme, look: Look, system: str | None) -> Pen:
    """What a look is on a terminal of that colour system (Rich's name of it)."""
    pens = _PENS.setdefault((theme.name, system), {})
    if look not in pens:
        pens[look] = _pen(theme, look, system)
    return pens[look]


_PENS: dict[tuple[str, str | None], dict[Look, Pen]] = {}


@lru_cache(maxsize=1024)
def _codes(colour: Colour, system: str | None, *, front: bool) -> str:
    made = Color.from_ansi(colour) if isinstance(colour, int) else Color.parse(colour)
    systems = {"truecolor": ColorSystem.TRUECOLOR, "256": ColorSystem.EIGHT_BIT}
    depth = systems.get(system or "", ColorSystem.STANDARD)
    return ";".join(made.downgrade(depth).get_ansi_codes(foreground=front))


def _pen(theme: Theme, look: Look, system: str | None) -> Pen:
    paint = theme.paint(look)
    return Pen(
        "39" if paint.front is None else _codes(paint.front, system, front=True),
        "49" if paint.back is None else _codes(paint.back, system, front=False),
        paint.bold,
        paint.reverse,
    )
