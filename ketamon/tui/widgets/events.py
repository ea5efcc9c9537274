"""What happened, newest first; a notice (why a command was refused) stands in its place a while."""

from ketamon.tui.abilities import unread
from ketamon.tui.canvas import Canvas, fit
from ketamon.tui.scene import Scene
from ketamon.tui.times import clock


def events(c: Canvas, scene: Scene, x: int, y: int, width: int, rows: int) -> None:
    """Draws the newest events, one a row: when, what, who."""
    if rows <= 0 or width <= 0:
        return
    if scene.notice:
        c.put(x, y, fit(scene.notice, width), "bright", bold=True)
        y, rows = y + 1, rows - 1
    waiting = unread(scene.picture)
    if waiting is not None and rows > 0:
        c.put(x, y, fit(f"{waiting.who}: {waiting.text}", width), "bright", bold=True)
        y, rows = y + 1, rows - 1
    for row, event in enumerate(reversed(scene.picture.events[-rows:] if rows else [])):
        end = c.put(x, y + row, clock(scene.picture.started, event.t, seconds=False), "dim") + 2
        who = event.who if len(event.text) + len(event.who) + 2 <= x + width - end else ""
        end = c.put(end, y + row, fit(event.text, x + width - end), "text")
        if who:
            c.put(max(end + 2, min(x + 36, x + width - len(who))), y + row, who, "dim")
