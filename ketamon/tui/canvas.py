"""A grid of cells with named inks and papers: what a screen draws on, and all it draws on.

A cell is a character and a look. Names stay names until a theme turns them into colours, so the
same drawing serves every palette, sixteen colours, and none.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

FILLS = frozenset({"high", "med", "low", "live", "sim", "replay", "focus"})
"""Papers with an ink of their own: text on them is `on-` and their name."""

_ASCII = str.maketrans(
    {
        **dict.fromkeys("█▀▄▌▐▁▂▃▅▆▇▙▘▖▗▝▚▞▛▜▟", "#"),
        **{"╌": "-", "┊": ":", "·": ".", "─": "-", "━": "=", "●": "o", "○": ".", "▶": ">"},
        **{"◂": "<", "▸": ">", "↑": "^", "↓": "v"},
        **{
            "‖": "=",
            "■": "#",
            "░": ":",
            "╵": "'",
            "╷": "|",
            "◆": "o",
            "×": "x",
            "✓": "v",
            "–": "-",
        },
        **{
            "▏": "_",
            "−": "-",
            "Δ": "d",
            "←": "<",
            "→": ">",
            "…": "~",
            "≥": ">",
            "≤": "<",
            "≠": "#",
            "’": "'",
            "└": "|",
            "┘": "|",
        },
    }
)


class Look(NamedTuple):
    """How a cell looks: ink, paper, weight."""

    ink: str = "text"
    paper: str = "ground"
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Means:
    """What the terminal and the theme can do, as far as it changes what is drawn.

    `fills`: HIGH fills its tile (at night only the figures and the bar shine). `marker`: MEDIUM
    figures stand on their colour, which is too pale for an ink. `ascii`: no blocks, no lines.
    """

    fills: bool = True
    marker: bool = False
    ascii: bool = False


PLAIN = Look()


@lru_cache(maxsize=4096)
def look_on(below: str, ink: str, paper: str, bold: bool) -> Look:
    """The look of text on a paper, or on its own; on a fill it is in the fill's ink."""
    ground = paper or below
    return Look(ink or ("on-" + ground if ground in FILLS else "text"), ground, bold)


@lru_cache(maxsize=4096)
def one_cell(char: str) -> str:
    """The character, or `?` for what takes no cell or two, or commands the terminal."""
    return char if char.isprintable() and cell_len(char) == 1 else "?"


class Canvas:
    """A grid of characters and looks; whatever is put outside it is left out."""

    __slots__ = ("chars", "drawn", "height", "looks", "means", "touch", "width")

    def __init__(self, width: int, height: int, means: Means | None = None) -> None:
        self.width, self.height, self.means = width, height, means or Means()
        self.chars: list[list[str]] = [[" "] * width for _ in range(height)]
        self.looks: list[list[Look]] = [[PLAIN] * width for _ in range(height)]
        self.touch: list[tuple[int, int, int, str]] = []  # y, x, width, key
        self.drawn: set[str] = set()  # conditions that are named on it

    def put(
        self, x: int, y: int, text: str, ink: str = "", paper: str = "", *, bold: bool = False
    ) -> int:
        """Writes text, keeping each cell's paper unless one is given; returns the column after."""
        end = x + len(text)
        if not 0 <= y < self.height:
            return end
        if not (text.isascii() and text.isprintable()):
            text = "".join(map(one_cell, text))
        if self.means.ascii:
            text = text.replace("≥ ", ">=").replace("≤ ", "<=").translate(_ASCII)
            text = text.encode("ascii", "replace").decode()
        chars, looks, first, last = self.chars[y], self.looks[y], max(0, x), min(self.width, end)
        if first < last:
            chars[first:last] = text[first - x : last - x]
        below, new = None, PLAIN  # neighbours mostly share their look
        for column in range(first, last):
            if looks[column] is not below:
                below = looks[column]
                new = look_on(below.paper, ink, paper, bold)
            looks[column] = new
        return end

    def right(
        self, end: int, y: int, text: str, ink: str = "", paper: str = "", *, bold: bool = False
    ) -> int:
        """Writes text so that its last character is before `end`; returns its first column."""
        self.put(end - len(text), y, text, ink, paper, bold=bold)
        return end - len(text)

    def fill(self, x: int, y: int, width: int, height: int, paper: str) -> None:
        """Empties a rectangle onto a paper."""
        for row in range(y, y + height):
            self.put(x, row, " " * width, "text", paper)

    def tint(self, x: int, y: int, width: int, height: int, paper: str, ink: str = "") -> None:
        """Changes paper, and ink where one is given, under what is already there."""
        for row in range(max(0, y), min(self.height, y + height)):
            looks = self.looks[row]
            for column in range(max(0, x), min(self.width, x + width)):
                look = looks[column]
                looks[column] = Look(ink or look.ink, paper, look.bold)

    def block(self, x: int, y: int, lines: list[str], ink: str, paper: str = "") -> None:
        """Writes a block of lines; their blanks leave what is below untouched."""
        for dy, line in enumerate(lines):
            for dx, char in enumerate(line):
                if char != " ":
                    self.put(x + dx, y + dy, char, ink, paper)

    def free(self, x: int, y: int) -> bool:
        """True for a cell of the grid on which nothing stands yet."""
        return 0 <= y < self.height and 0 <= x < self.width and self.chars[y][x] == " "

    def text(self) -> str:
        """The grid as lines of text, blanks at the right left out."""
        return "\n".join("".join(row).rstrip() for row in self.chars)


def fit(text: str, width: int) -> str:
    """Shortens text to a width, an ellipsis where something went."""
    return text if len(text) <= width else text[: max(0, width - 1)] + "…" if width > 0 else ""
