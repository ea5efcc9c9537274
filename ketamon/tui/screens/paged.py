"""A view or a panel on a screen that has no place for it beside its numbers: they stand above, in small."""

from ketamon.tui.canvas import Canvas
from ketamon.tui.scene import Scene
from ketamon.tui.screens import bands
from ketamon.tui.screens.panels import LOOKS
from ketamon.tui.screens.strip import strip, strip_rows
from ketamon.tui.views import VIEWS
from ketamon.tui.widgets.events import events
from ketamon.tui.widgets.footer import footer
from ketamon.tui.widgets.lanes import lanes, lanes_end
from ketamon.tui.widgets.page import draw_page
from ketamon.tui.widgets.transport import transport

BESIDE_FROM = 110  # columns from which a view has room enough beside the numbers


def is_paged(width: int, height: int, scene: Scene) -> bool:
    """Whether this screen shows what is open so."""
    if scene.help_page:
        return False
    small = width < bands.LEAST[0] or height < bands.LEAST[1]
    if scene.panel is not None:
        look = LOOKS[type(scene.panel)]
        return (small and look.line is None) or (look.wide and width < BESIDE_FROM)
    return bool(scene.view) and (small or width < BESIDE_FROM)


def place(width: int, height: int, *, tape: bool) -> tuple[int, int, int, int]:
    """The page's rectangle: under the numbers, above the newest event and the keys."""
    top = lanes_end(height) + strip_rows(width) + (1 if height >= bands.LEAST[1] else 0)
    return 1, top, width - 2, height - 2 - int(tape) - top


def paged(c: Canvas, scene: Scene) -> tuple[tuple[int, int], ...]:
    """Draws it; returns row and rows of the figures."""
    top = lanes(c, scene)
    figures = strip(c, scene, top)
    tape = scene.picture.transport is not None
    x, y, width, height = place(c.width, c.height, tape=tape)
    if scene.panel is not None:
        LOOKS[type(scene.panel)].draw(c, scene, scene.panel, x, y, width, height)
    else:
        draw_page(c, VIEWS[scene.view](scene, width), x, y, width, height, start=scene.scroll)
    if tape:
        transport(c, scene, c.height - 3, 1, shared=False)
    events(c, scene, 2, c.height - 2, c.width - 4, 1)
    footer(c, scene)
    return figures
