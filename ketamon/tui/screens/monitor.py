"""Draws a whole screen: chooses by size, lays the lost link over what was drawn."""

from ketamon.tui.canvas import Canvas, Look, Means, fit
from ketamon.tui.figures import big, span
from ketamon.tui.scene import Scene, against, label, mark, parted, waits
from ketamon.tui.screens import bands, small
from ketamon.tui.screens.paged import is_paged, paged, place
from ketamon.tui.screens.tiny import tiny
from ketamon.tui.views import VIEWS
from ketamon.tui.widgets.header import header
from ketamon.tui.widgets.helppage import pages
from ketamon.tui.widgets.lanes import lanes_end
from ketamon.tui.widgets.page import last_start

GROUNDS = frozenset({"outside", "ground"})
QUIET = GROUNDS | {"faint", "limit"}


def draw(width: int, height: int, scene: Scene, means: Means | None = None) -> Canvas:
    """Draws a scene on a canvas of any size; the same scene gives the same canvas."""
    c = Canvas(width, height, means)
    if width < small.LEAST[0] or height < small.LEAST[1]:
        tiny(c, scene)
        return c
    panel: tuple[int, int, int, int] | None = None
    if is_paged(width, height, scene):
        figures, start = paged(c, scene), 1
    elif width >= bands.LEAST[0] and height >= bands.LEAST[1]:
        at = bands.bands(c, scene)
        figures = tuple((y + 1, at.size) for y in (at.nibp, at.hr, at.spo2))
        start, panel = at.tile_x, at.panel
    else:
        figures, start = small.small(c, scene), 1
    if scene.lost:
        grey(c)
        strike(c, figures, start)
        lost_lanes(c, scene)
        if panel is not None:
            letters(c, panel)
    header(c, scene)
    return c


def grey(c: Canvas) -> None:
    """Takes all colour away: nothing here is current."""
    for y in range(1, c.height):
        c.looks[y] = [_greyed(look) for look in c.looks[y]]


def _greyed(look: Look) -> Look:
    """A look without colour; a bar's lower end is drawn in the ground's ink on the bar's."""
    if look.ink in GROUNDS and look.paper not in QUIET:
        return Look("ground", "dim")
    return look if look.ink in QUIET and look.paper in QUIET else Look("dim", "ground")


def strike(c: Canvas, figures: tuple[tuple[int, int], ...], start: int) -> None:
    """A line through the middle of every number."""
    for y, rows in figures:
        middle = y + rows // 2
        for x in range(start, c.width - 1):
            if c.free(x, middle):
                c.put(x, middle, "━", "bright")


def lost_lanes(c: Canvas, scene: Scene) -> None:
    """The one bright thing: that the link is lost, for how long, and what alarmed then."""
    c.fill(1, 1, c.width - 2, 1, "med")
    c.put(2, 1, "!!", bold=True)
    end = c.put(6, 1, fit(parted(scene), c.width - 9), bold=True)
    aside = "nothing below is current"
    if end + 2 + len(aside) <= c.width - 2:
        c.right(c.width - 2, 1, aside)
    c.fill(1, 2, c.width - 2, 1, "ground")
    found = scene.physiological
    words = "no alarm at that moment"
    if found:
        state = "not acknowledged" if waits(found[0]) else found[0].state
        words = f"at that moment  {mark(found[0])} {label(found[0])} {against(found[0])}, {state}"
    c.put(2, 2, fit(words, c.width - 4), "bright")


def letters(c: Canvas, panel: tuple[int, int, int, int]) -> None:
    """LINK LOST in letters of the figures' cut, over the trends."""
    x, y, width, height = panel
    wide = width >= span(9, 5) + 4
    lines = ["LINK LOST"] if wide else ["LINK", "LOST"]
    rows = len(lines) * 6 + 1
    top = y + max(0, (height - rows) // 2)
    c.fill(x, top, width, rows, "med")
    for i, word in enumerate(lines):
        left = x + (width - span(len(word), 5)) // 2
        c.block(left, top + 1 + i * 6, big(word, 5), "on-med")


def page_end(width: int, height: int, scene: Scene) -> int:
    """The last row from which the open view can be shown on a screen of this size."""
    if not scene.view:
        return 0
    tape = scene.picture.transport is not None
    if is_paged(width, height, scene):
        area = place(width, height, tape=tape)
    else:
        area = bands.layout(width, height, lanes_end(height), tape=tape).panel
    return last_start(VIEWS[scene.view](scene, area[2]), area[3])


def help_pages(width: int, height: int, scene: Scene) -> int:
    """How many times `?` turns a page of help on a screen of this size; at least once."""
    if width >= bands.LEAST[0] and height >= bands.LEAST[1]:
        top = lanes_end(height)
        panel = bands.layout(width, height, top, tape=scene.picture.transport is not None).panel
        return pages(scene, panel[2], panel[3])
    return pages(
        scene, width - 2, small.help_rows(height, tape=scene.picture.transport is not None)
    )
