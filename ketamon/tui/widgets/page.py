"""A page of rows: what a view or a panel has to say, cut to its place and scrolled.

A row is pieces of text at columns; the page knows nothing of what they mean.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from ketamon.tui.canvas import Canvas, fit


class Piece(NamedTuple):
    """Text from a column of the row on."""

    x: int
    text: str
    ink: str = "text"
    bold: bool = False
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `paper` fills it, `names` is the condition that it tells.

    `keys`: what touching it does, from a column on for so many.
    """

    pieces: tuple[Piece, ...] = ()
    paper: str = ""
    names: str = ""
    keys: tuple[tuple[int, int, str], ...] = ()


def row(*pieces: Piece, paper: str = "", names: str = "") -> Row:
    """A row of these pieces."""
    return Row(pieces, paper, names)


@dataclass(frozen=True, slots=True)
class Page:
    """Title and rows; `head` stays while the rest scrolls."""

    title: str
    aside: str = ""
    head: tuple[Row, ...] = ()
    rows: tuple[Row, ...] = field(default=())


BLANK = Row()


def room(page: Page, height: int) -> int:
    """How many rows of it fit under title and head."""
    return max(0, height - 1 - len(page.head) - spaced(height))


def spaced(height: int) -> int:
    """Blank rows under the title: one where there is height for it."""
    return 1 if height >= SPACED_FROM else 0


SPACED_FROM = 16


def last_start(page: Page, height: int) -> int:
    """The last row from which it may begin: the end then stands at the bottom."""
    return max(0, len(page.rows) - room(page, height))


def draw_page(
    c: Canvas, page: Page, x: int, y: int, width: int, height: int, *, start: int = 0,
    paper: str = "",
) -> None:  # fmt: skip
    """Draws it from the row `start` on; what lies above and below is counted at the right."""
    if height <= 0 or width <= 0:
        return
    if paper:
        c.fill(x, y, width, height, paper)
    end = c.put(x + 1, y, fit(page.title, width - 2), "bright", bold=True)
    shown = room(page, height)
    start = min(start, last_start(page, height))
    hidden = len(page.rows) - start - shown
    more = "  ".join(
        words for n, words in ((start, f"{start} above"), (hidden, f"{hidden} below ↓")) if n > 0
    )
    edge = c.right(x + width - 1, y, more, "dim") - 2 if more else x + width - 1
    if end + 2 + len(page.aside) <= edge:
        c.put(end + 2, y, page.aside, "dim")
    at = y + 1 + spaced(height)
    for one in (*page.head, *page.rows[start : start + shown]):
        _row(c, one, x, at, width)
        at += 1


def _row(c: Canvas, one: Row, x: int, y: int, width: int) -> None:
    if one.paper:
        c.fill(x, y, width, 1, one.paper)
    for piece in one.pieces:
        left = x + 1 + piece.x
        c.put(
            left, y, fit(piece.text, x + width - 1 - left), piece.ink, piece.paper, bold=piece.bold
        )
    if one.names:
        c.drawn.add(one.names)
    c.touch += [(y, x + 1 + left, wide, key) for left, wide, key in one.keys]
