"""The one widget: it shows the current canvas and refreshes only the cells that changed."""

from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ketamon.tui.canvas import Canvas, Look
from ketamon.tui.palette import Colour, Theme

JOIN = 3  # changed cells this near are one span: moving the cursor costs more than they do


class Surface(Widget):
    """Holds a canvas; `show` diffs the new one against it, cell by cell."""

    DEFAULT_CSS = "Surface { width: 100%; height: 100%; }"

    class Touched(Message):
        """Somebody touched a key in the footer."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._canvas = Canvas(0, 0)
        self._theme = theme
        self._cuts: dict[int, set[int]] = {}

    def show(self, canvas: Canvas, theme: Theme) -> None:
        """Takes a new canvas; what is equal on both stays untouched on the terminal."""
        before, self._canvas = self._canvas, canvas
        if theme is not self._theme or (before.width, before.height) != (
            canvas.width,
            canvas.height,
        ):
            self._theme, self._cuts = theme, {}
            self.refresh()
            return
        regions = [Region(x, y, end - x, 1) for y, x, end in changes(before, canvas)]
        self._cuts = {}
        for region in regions:
            self._cuts.setdefault(region.y, set()).update((region.x, region.right))
        if regions:
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """One row in runs of one look, cut where a changed span begins or ends."""
        c, cuts = self._canvas, self._cuts.get(y, frozenset())
        if y >= c.height:
            return Strip.blank(self.size.width)
        chars, looks = c.chars[y], c.looks[y]
        segments, start = [], 0
        for x in range(1, c.width + 1):
            if x == c.width or x in cuts or looks[x] != looks[start]:
                style = style_of(self._theme, looks[start])
                segments.append(Segment("".join(chars[start:x]), style))
                start = x
        return Strip(segments, c.width)

    def on_click(self, event: events.Click) -> None:
        """Footer keys can be touched."""
        for y, x, width, key in self._canvas.touch:
            if event.y == y and x <= event.x < x + width:
                self.post_message(self.Touched(key))


def changes(before: Canvas, after: Canvas) -> list[tuple[int, int, int]]:
    """Row, first and end column of each changed span; near ones are joined."""
    spans: list[tuple[int, int, int]] = []
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


@lru_cache(maxsize=512)
def _style(name: str, look: Look) -> Style:
    paint = _THEMES[name].paint(look)
    return Style(
        color=_colour(paint.front),
        bgcolor=_colour(paint.back),
        bold=paint.bold or None,
        reverse=paint.reverse or None,
    )


_THEMES: dict[str, Theme] = {}


def style_of(theme: Theme, look: Look) -> Style:
    """The style of a look in a theme, made once."""
    _THEMES[theme.name] = theme
    return _style(theme.name, look)


def _colour(colour: Colour | None) -> Color | None:
    if colour is None:
        return None
    return Color.from_ansi(colour) if isinstance(colour, int) else Color.parse(colour)
