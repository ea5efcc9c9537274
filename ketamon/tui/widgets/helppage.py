"""The help page: every key in a sentence, over the trends, never over a lane or a number."""

from ketamon.tui.canvas import Canvas, fit
from ketamon.tui.keys import help_lines
from ketamon.tui.scene import Scene

KEY_WIDTH = 10


def helppage(c: Canvas, scene: Scene, x: int, y: int, width: int, height: int) -> None:
    """Draws a panel with as many keys as fit; another `?` turns the page."""
    lines = help_lines(scene.window, replay=scene.replay)
    room = max(1, height - 3)
    pages = -(-len(lines) // room)
    page = (scene.help_page - 1) % max(1, pages)
    c.fill(x, y, width, height, "raised")
    title = "KEYS" if pages == 1 else f"KEYS  {page + 1} of {pages}, ? next"
    c.put(x + 2, y, fit(title, width - 3), "bright", bold=True)
    for row, (key, sentence) in enumerate(lines[page * room : (page + 1) * room]):
        c.put(x + 2, y + 2 + row, key, "bright", bold=True)
        c.put(x + 2 + KEY_WIDTH, y + 2 + row, fit(sentence, width - KEY_WIDTH - 3), "text")


def pages(scene: Scene, height: int) -> int:
    """How many pages the help takes at that height."""
    return -(-len(help_lines(scene.window, replay=scene.replay)) // max(1, height - 3))
