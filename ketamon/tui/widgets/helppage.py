"""The help page: every key in a sentence, over the trends, never over a lane or a number."""

from textwrap import wrap

from ketamon.tui.canvas import Canvas, fit
from ketamon.tui.keys import help_lines
from ketamon.tui.scene import Scene

KEY_WIDTH = 10
TITLED = 4  # rows from which the panel has a title and a blank row under it


def helppage(c: Canvas, scene: Scene, x: int, y: int, width: int, height: int) -> None:
    """Draws a panel with as many keys as fit; another `?` turns the page."""
    turned = _pages(scene, width, height)
    page = (scene.help_page - 1) % len(turned)
    c.fill(x, y, width, height, "raised")
    if height < TITLED:
        y -= 2
    title = "KEYS" if len(turned) == 1 else f"KEYS  {page + 1} of {len(turned)}, ? next"
    if height >= TITLED:
        c.put(x + 2, y, fit(title, width - 3), "bright", bold=True)
    for row, (key, sentence) in enumerate(turned[page], y + 2):
        c.put(x + 2, row, key, "bright", bold=True)
        c.put(x + 2 + KEY_WIDTH, row, fit(sentence, width - KEY_WIDTH - 3), "text")


def pages(scene: Scene, width: int, height: int) -> int:
    """How many pages the help takes in a panel of that size."""
    return len(_pages(scene, width, height))


def _pages(scene: Scene, width: int, height: int) -> list[list[tuple[str, str]]]:
    """Rows of each page; a sentence that is broken stays on one page if that can hold it."""
    room = height - 3 if height >= TITLED else max(1, height)
    found: list[list[tuple[str, str]]] = [[]]
    for key, sentence in help_lines(scene.window, scene.able):
        lines = wrap(sentence, max(8, width - KEY_WIDTH - 3))
        block = [(key if i == 0 else "", line) for i, line in enumerate(lines)]
        if found[-1] and len(found[-1]) + len(block) > room:
            found.append([])
        found[-1] += block[:room]
    return found
