"""A nurse's board: up to four chairs below one another, each with its digit; pure drawing.

| rows of a chair | figures | and |
|---|---|---|
| 12 and more, from 110 columns | 7 rows | the title, an alarm lane, limits; newest events where there is more |
| 9, from 110 columns | 5 rows | the title, an alarm lane |
| 14, in fewer columns | 5 and 3 rows | the title, an alarm lane |
| 5, from 70 columns | 3 rows | the title; the worst alarm in it, or a lane of its own from 6 |
| 4 | text | the title with the worst alarm, a row a number |
| 2 | text | the title with the worst alarm, the numbers in a row |
| 1, under a panel | text | mode, mark, numbers |
| less, or under 60 columns | text | SCREEN TOO SMALL, and such a row a chair |

A chair's place and digit never change. What is open over the picked chair takes rows from all
chairs, so it covers no number. The last row names the chair that the keys reach, or none.
"""

from dataclasses import dataclass, replace

from ketamon.tui.canvas import Canvas, Means, fit
from ketamon.tui.keys import KEYS, Key
from ketamon.tui.screens.board_chair import AtBoard, chair_canvas, one_row, worst_of
from ketamon.tui.screens.panels import LOOKS
from ketamon.tui.views import VIEWS
from ketamon.tui.widgets.events import events
from ketamon.tui.widgets.footer import fitting, put_keys
from ketamon.tui.widgets.helppage import helppage
from ketamon.tui.widgets.page import draw_page

MOST = 4  # chairs that one person can have in sight
PANEL_ROWS = 13
LEAST_PANEL = 5
LEAST = 60  # columns
CHOOSE = Key(tuple("123456789"), "1-4", "choose a chair", "", "choose", stays=True)
NOT_HERE = frozenset({"window", "hide", "play", "faster", "slower"})
"""Actions of the table that have nothing to do on a board."""
BOARD_KEYS = (*(key for key in KEYS if key.action not in NOT_HERE and key.needs != "tape"),)
NOBODYS = (CHOOSE, *(key for key in KEYS if key.action in ("leave", "theme", "help")))
LEAVE = (
    Key(("y",), "y", "leave", "", "yes", stays=True),
    Key(("escape",), "esc", "stay", "", "back", stays=True),
)
TOUCH = "chair:"  # and the digit: what touching a chair is


@dataclass(frozen=True, slots=True)
class BoardScene:
    """One moment of a board. `picked`: index of the chair that keys reach; `time`: a wall clock.

    `asleep`: a panel is open over the picked chair and nobody has pressed a key for a while.
    """

    chairs: tuple[AtBoard, ...]
    picked: int | None = None
    asleep: bool = False
    time: str = ""
    notice: str = ""
    help_page: int = 0
    leaving: bool = False

    @property
    def chair(self) -> AtBoard | None:
        """The picked chair."""
        return None if self.picked is None else self.chairs[self.picked]


def draw_board(
    width: int, height: int, board: BoardScene, means: Means | None = None
) -> tuple[Canvas, list[set[str]]]:
    """Draws the board on a canvas of any size; beside it, what is named of each chair."""
    c = Canvas(width, height, means)
    named: list[set[str]] = [set() for _ in board.chairs]
    if not board.chairs:
        c.put(2, 0, "BOARD", "bright", bold=True)
        c.put(2, 2, fit("no session is running; `ketamon start` begins one", width - 2))
        _footer(c, board)
        return c, named
    rows, panel = _divide(height, board)
    if rows < (1 if panel else 2) or width < LEAST:
        _too_small(c, board, named)
        return c, named
    _header(c, board)
    spare = height - 3 - panel - rows * len(board.chairs)
    y = 1
    for at, chair in enumerate(board.chairs):
        own = rows + (1 if at < spare and not panel else 0)
        part = chair_canvas((width, own), rows, chair, means, chosen=board.picked == at)
        named[at] = part.drawn
        paste(c, part, y)
        c.touch += [(y + row, 0, width, f"{TOUCH}{chair.digit}") for row in range(own)]
        y += own
    if panel:
        _panel(c, board, y, height - 2 - y)
    if board.notice:
        c.put(2, height - 2, fit(board.notice, width - 3), "bright", bold=True)
    elif (picked := board.chair) is not None:
        events(c, picked.scene, 2, height - 2, width - 4, 1)
    _footer(c, board)
    return c, named


def _divide(height: int, board: BoardScene) -> tuple[int, int]:
    """Rows of a chair, and of what is open over them: header, notice and keys have one each."""
    room, count = height - 3, len(board.chairs)
    chair = board.chair
    is_open = board.help_page or (chair and (chair.scene.panel or chair.scene.view))
    if not is_open:
        return room // count, 0
    most = room - PANEL_ROWS
    rows = next((form for form in (5, 4, 2) if form * count <= most), 1)
    panel = room - rows * count
    return (rows, panel) if panel >= LEAST_PANEL else (0, 0)


def paste(c: Canvas, part: Canvas, y: int) -> None:
    """Puts a canvas of the same width into another, from that row on."""
    for row in range(min(part.height, c.height - y)):
        c.chars[y + row], c.looks[y + row] = part.chars[row], part.looks[row]
    c.touch += [(y + row, x, width, key) for row, x, width, key in part.touch]


# -- around the chairs ----------------------------------------------------------------------------


def _header(c: Canvas, board: BoardScene) -> None:
    """How many chairs, how bad they are together, the time."""
    counts = {"high": 0, "medium": 0, "low": 0}
    lost = 0
    for chair in board.chairs:
        found = worst_of(chair.scene)
        lost += chair.scene.lost
        if found is not None and not chair.scene.lost and found.priority in counts:
            counts[found.priority] += 1
    chairs = f"{len(board.chairs)} chair{'s' if len(board.chairs) > 1 else ''}"
    told = [f"{n} {name}" for name, n in counts.items() if n] + ([f"{lost} lost"] if lost else [])
    x = c.put(2, 0, "BOARD", "bright", bold=True) + 2
    edge = c.right(c.width - 1, 0, board.time, "bright", bold=True) - 2
    x = c.put(x, 0, fit(chairs, edge - x), "dim") + 2
    c.put(x, 0, fit("  ".join(told) or "no alarms", edge - x), "text")


def _panel(c: Canvas, board: BoardScene, y: int, height: int) -> None:
    """What is open over the picked chair, with its name above; or the help."""
    chair = board.chair
    scene = chair.scene if chair else board.chairs[0].scene
    if chair is not None:
        c.fill(0, y, c.width, 1, "focus")
        c.put(1, y, fit(_whose(chair), c.width - 2), bold=True)
        y, height = y + 1, height - 1
    place = (1, y, c.width - 2, height)
    if board.help_page:
        helppage(c, replace(scene, help_page=board.help_page), *place)
    elif scene.panel is not None:
        look = LOOKS[type(scene.panel)]
        if look.line is not None and height < look.needed - 3:
            look.line(c, scene.panel, 1, y, c.width - 2)
        else:
            look.draw(c, scene, scene.panel, *place)
    elif scene.view:
        draw_page(c, VIEWS[scene.view](scene, place[2]), *place, start=scene.scroll)


def view_rows(height: int, board: BoardScene) -> int:
    """The rows that an open view has."""
    return max(0, _divide(height, board)[1] - 1)


def _whose(chair: AtBoard) -> str:
    """`2 chair-2 FK-27`: whom the keys reach."""
    return f"{chair.digit} {chair.name} {chair.scene.picture.title or ''}".rstrip()


def _footer(c: Canvas, board: BoardScene) -> None:
    """Whom the keys reach, and which there are; without a chair: how one is chosen."""
    y = c.height - 1
    chair = board.chair
    if board.leaving:
        x = c.put(2, y, "leave the board? the sessions go on", "bright", bold=True) + 2
        scene = board.chairs[0].scene if board.chairs else None
        if scene is not None:
            put_keys(c, scene, LEAVE, x, y)
        return
    if chair is None:
        if board.chairs:
            shown = fitting(replace(board.chairs[0].scene, panel=None), c.width - 4, NOBODYS)
            put_keys(c, board.chairs[0].scene, shown, 2, y)
        return
    words = _whose(chair)
    if board.asleep:
        words = f"still {words}? any key goes on"
        c.put(1, y, f" {fit(words, c.width - 4)} ", paper="focus", bold=True)
        c.touch.append((y, 0, c.width, f"{TOUCH}{chair.digit}"))
        return
    room = c.width - 4 - len(words)
    if room < 34:
        words = f"{chair.digit} {chair.name}"
    x = c.put(1, y, f" {words} ", paper="focus", bold=True) + 1
    put_keys(c, chair.scene, fitting(chair.scene, c.width - 1 - x, BOARD_KEYS), x, y)


def _too_small(c: Canvas, board: BoardScene, named: list[set[str]]) -> None:
    """A row a chair, and that the screen is too small: nothing is picked here."""
    for y, chair in enumerate(board.chairs[: c.height]):
        one_row(c, chair, y)
        named[y] |= c.drawn
        c.drawn.clear()
    if c.height > len(board.chairs):
        c.put(0, len(board.chairs), fit("SCREEN TOO SMALL", c.width), "dim")
