"""The panel for typed readings: over as many trends as it needs, never over a lane or a number."""

from textwrap import wrap

from ketamon.tui.canvas import Canvas, fit
from ketamon.tui.scene import Scene
from ketamon.tui.times import clock
from ketamon.tui.typed import FIELDS, Typed

NEEDED = 11  # rows: title, blank, the fields, blank, a sentence in three
NAME = 9  # columns of a field's name
BOX = 9
CURSOR = "▏"
PAD = {**{char: char for char in "1234567890/"}, "←": "backspace"}


def typedpanel(
    c: Canvas, scene: Scene, typed: Typed, x: int, y: int, width: int, height: int
) -> None:
    """Draws the fields below one another."""
    c.fill(x, y, width, height, "raised")
    title = "TYPED READING"
    end = c.put(x + 2, y, fit(title, width - 3), "bright", bold=True)
    when = f"{clock(scene.picture.started, scene.now, seconds=False)}, now"
    if end + 2 + len(when) <= x + width - 1:
        c.put(end + 2, y, when, "dim")
    rows = zip(FIELDS, typed.texts, strict=True)
    for row, (field, text) in enumerate(rows):
        chosen = row == typed.at
        at = y + 2 + row
        c.put(x + 2, at, field.name, "bright" if chosen else "dim", bold=chosen)
        _box(c, x + 2 + NAME, at, BOX, text, chosen=chosen)
        c.put(x + 3 + NAME + BOX, at, fit(field.unit, width - NAME - BOX - 4), "dim")
        way = " ".join(["down" if row > typed.at else "up"] * abs(row - typed.at))
        if way:
            c.touch.append((at, x + 2, NAME + BOX, way))
    _pad(c, x + 2, y + 2 + len(FIELDS), width - 3)
    top = y + 3 + len(FIELDS)
    for row, line in enumerate(wrap(_said(typed), max(8, width - 4))[: y + height - top]):
        c.put(x + 2, top + row, line, "bright", bold=True)


def _pad(c: Canvas, x: int, y: int, width: int) -> None:
    """Figures to touch, where there is no keyboard at hand."""
    if width < 2 * len(PAD) or y >= c.height:
        return
    for char, key in PAD.items():
        c.touch.append((y, x, 2, key))
        c.put(x, y, char, "dim")
        x += 2


def typedrow(c: Canvas, typed: Typed, x: int, y: int, width: int) -> None:
    """Draws the fields in one row; a sentence takes the place of all but the chosen one."""
    c.fill(x, y, width, 1, "raised")
    end, said = x + width, _said(typed)
    whole = sum(len(field.name) + field.longest + 3 for field in FIELDS)
    alone = bool(said) or whole > width
    x += 1
    for row, (field, text) in enumerate(zip(FIELDS, typed.texts, strict=True)):
        chosen = row == typed.at
        if not chosen and alone:
            continue
        if not said:
            x = c.put(x, y, field.name, "bright" if chosen else "dim", bold=chosen) + 1
        _box(c, x, y, field.longest + 1, text, chosen=chosen)
        x += field.longest + 2
    if said:
        c.put(x, y, fit(said, end - x), "bright", bold=True)


def _said(typed: Typed) -> str:
    return "sending" if typed.sending else typed.said


def _box(c: Canvas, x: int, y: int, width: int, text: str, *, chosen: bool) -> None:
    """What was typed; the chosen field is marked, and has the cursor."""
    if chosen:
        c.fill(x, y, width, 1, "focus")
        c.put(x, y, text + CURSOR, "on-focus", bold=True)
    else:
        c.put(x, y, text or "·", "text" if text else "limit")
