"""Reads big figures back from a canvas, as a person does: by their shape."""

from ketamon.tui.canvas import Canvas
from ketamon.tui.figures import GLYPHS, WIDTH
from ketamon.tui.screens import bands
from ketamon.tui.widgets.lanes import lanes_end

STRIKE = "━"
SHAPES = {"|".join(font[digit]): digit for font in GLYPHS.values() for digit in "0123456789-"}


def figures(c: Canvas) -> list[str]:
    """The numbers in big figures, row by row from the left; a line through them is looked past."""
    left, sizes = 2, [5, 3]
    if c.width >= bands.LEAST[0] and c.height >= bands.LEAST[1]:
        at = bands.layout(c.width, c.height, lanes_end(c.height), tape=False)
        left, sizes = at.tile_x, [at.size]
    rows = ["".join(row).replace(STRIKE, " ") for row in c.chars]
    found: list[str] = []
    taken: set[tuple[int, int]] = set()
    for size in sizes:
        for y in range(c.height - size):
            for x in range(left, c.width):
                word, at_x = "", x
                while (at_x, y) not in taken and (char := _glyph(rows[y : y + size], at_x)):
                    taken |= {(at_x + i, y + j) for i in range(WIDTH[size]) for j in range(size)}
                    word += char
                    at_x += WIDTH[size] + 1
                if word:
                    found.append(word)
    return found


def _glyph(rows: list[str], x: int) -> str:
    """The figure whose upper left corner is this cell, or nothing."""
    width = WIDTH[len(rows)]
    return SHAPES.get("|".join([row[x : x + width] for row in rows]), "")
