"""The one widget: it shows the current canvas and sends only the cells that changed."""

from typing import Any

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ketamon.tui.canvas import Canvas, Look
from ketamon.tui.frames import changes, frame
from ketamon.tui.palette import Colour, Theme


class Surface(Widget):
    """Holds a canvas. Textual paints it whole when it must; `show` sends what changed."""

    DEFAULT_CSS = "Surface { width: 100%; height: 100%; }"

    class Touched(Message):
        """Somebody touched a key in the footer."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.canvas = Canvas(0, 0)
        self._theme = theme
        self._styles: dict[Look, Style] = {}

    def show(self, canvas: Canvas, theme: Theme, *, anew: bool = False) -> None:
        """Takes a new canvas; what is equal on both stays untouched on the terminal."""
        before, self.canvas = self.canvas, canvas
        size = (canvas.width, canvas.height)
        if anew or theme is not self._theme or size != (before.width, before.height):
            self._theme, self._styles = theme, {}
            self.refresh()
            return
        app: Any = self.app
        text = frame(
            canvas, changes(before, canvas), theme, app.console.color_system,
            sync=app._sync_available,
        )  # fmt: skip
        if text and app._driver is not None and not app.is_headless:
            app._driver.write(text)
            app._driver.flush()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of the canvas as it is now.

        Textual would keep rows from its last paint, and lay them over what `show` has sent since.
        """
        return [self.render_line(y).crop(crop.x, crop.right) for y in crop.line_range]

    def render_line(self, y: int) -> Strip:
        """One row in runs of one look."""
        c = self.canvas
        if y >= c.height:
            return Strip.blank(self.size.width)
        chars, looks = c.chars[y], c.looks[y]
        segments: list[Segment] = []
        start = 0
        for x in range(1, c.width + 1):
            if x == c.width or looks[x] != looks[start]:
                segments.append(Segment("".join(chars[start:x]), self._style(looks[start])))
                start = x
        return Strip(segments, c.width)

    def on_click(self, event: events.Click) -> None:
        """Keys can be touched where they are drawn; the first target there counts, key by key."""
        for y, x, width, key in self.canvas.touch:
            if event.y == y and x <= event.x < x + width:
                for name in key.split():
                    self.post_message(self.Touched(name))
                return

    def on_mouse_scroll_up(self, _event: events.MouseScrollUp) -> None:
        """The wheel is the arrow keys."""
        self.post_message(self.Touched("up"))

    def on_mouse_scroll_down(self, _event: events.MouseScrollDown) -> None:
        """The wheel is the arrow keys."""
        self.post_message(self.Touched("down"))

    def _style(self, look: Look) -> Style:
        if look not in self._styles:
            paint = self._theme.paint(look)
            self._styles[look] = Style(
                color=_colour(paint.front), bgcolor=_colour(paint.back),
                bold=paint.bold, reverse=paint.reverse,
            )  # fmt: skip
        return self._styles[look]


def _colour(colour: Colour | None) -> Color | None:
    if colour is None:
        return None
    return Color.from_ansi(colour) if isinstance(colour, int) else Color.parse(colour)
