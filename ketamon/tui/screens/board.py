"""A nurse's board: up to four chairs below one another, each with its digit; pure drawing.

| rows of a chair | figures | and |
|---|---|---|
| 12 and more, from 110 columns | 7 rows | the title, an alarm lane, limits; newest events where there is more |
| 9, from 110 columns | 5 rows | the title, an alarm lane |
| 5, from 70 columns | 3 rows | the title; the worst alarm in it, or a lane of its own from 6 |
| 4 | text | the title with the worst alarm, a row a number |
| 2 | text | the title with the worst alarm, the numbers in a row |
| 1, under a panel | text | mode, mark, numbers |
| less, or under 60 columns | text | SCREEN TOO SMALL, and such a row a chair |

A chair's place and digit never change. What is open over the picked chair takes rows from all
chairs, so it covers no number. The last row names the chair that the keys reach, or none.
"""

from dataclasses import dataclass, replace

from ketamon.feed.messages import ConditionView
from ketamon.tui.canvas import Canvas, Means, fit
from ketamon.tui.keys import KEYS, Key
from ketamon.tui.scene import Scene, against, label, mark, parted, role, waits
from ketamon.tui.screens.monitor import grey, strike
from ketamon.tui.screens.panels import LOOKS
from ketamon.tui.screens.strip import strip
from ketamon.tui.shown import MISSING
from ketamon.tui.times import age_words, clock
from ketamon.tui.views import VIEWS
from ketamon.tui.widgets.cuff import act, next_words
from ketamon.tui.widgets.events import events
from ketamon.tui.widgets.footer import fitting, put_keys
from ketamon.tui.widgets.header import PAPER
from ketamon.tui.widgets.helppage import helppage
from ketamon.tui.widgets.lanes import lane, quiet_words
from ketamon.tui.widgets.page import draw_page
from ketamon.tui.widgets.pressure import pressure
from ketamon.tui.widgets.rate import rate
from ketamon.tui.widgets.tile import provenance
from ketamon.vitals import CONDITIONS, PRIORITY_RANK

MOST = 4  # chairs that one person can have in sight
TILED_FROM = 110
STRIP_FROM = 70
NIBP_WIDTH = 46
EVENTS_FROM = 160
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
TOUCH = "chair "  # and the digit: what touching a chair is


@dataclass(frozen=True, slots=True)
class AtBoard:
    """One chair on the board: its digit, its name, its scene; `gone`: why nothing is heard."""

    digit: int
    name: str
    scene: Scene
    gone: str = ""


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
    elif (chair := board.chair) is not None:
        events(c, chair.scene, 2, height - 2, width - 4, 1)
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


# -- one chair ------------------------------------------------------------------------------------


def chair_canvas(
    size: tuple[int, int], rows: int, chair: AtBoard, means: Means | None, *, chosen: bool
) -> Canvas:
    """One chair on a canvas of its own, drawn as all are that have so many rows."""
    c, scene, width = Canvas(*size, means), chair.scene, size[0]
    figures: tuple[tuple[int, int], ...] = ()
    own_lane = rows >= (6 if width >= STRIP_FROM else 7)
    top = 2 if own_lane else 1
    if rows < 2:
        _one_row(c, chair, 0)
        return c
    tiled = width >= TILED_FROM and rows >= top + 7
    if tiled:
        figures = _tiles(c, scene, top)
    elif width >= STRIP_FROM and rows >= top + 4:
        figures = strip(c, scene, top)
    elif rows >= top + 3:
        strip(_narrow(c), scene, top)
    else:
        _row_of_numbers(c, scene, top)
    if scene.lost:
        grey(c)
        strike(c, figures, 1)
    if own_lane:
        _lane(c, chair, 1)
    _title(c, chair, chosen=chosen, alone=own_lane, tiled=tiled)
    return c


def _tiles(c: Canvas, scene: Scene, top: int) -> tuple[tuple[int, int], ...]:
    """The tiles beside one another, as tall as the rows allow."""
    rows = c.height - top
    size = 7 if rows >= 10 else 5
    room = min(c.width, EVENTS_FROM - 20) - 3
    each = (room - NIBP_WIDTH - 2) // 2
    pressure(c, scene, 2, top, NIBP_WIDTH, size, limits_row=size == 7, rows=rows)
    for i, vital in enumerate(("hr", "spo2")):
        x = 2 + NIBP_WIDTH + 1 + i * (each + 1)
        rate(c, scene, vital, x, top, each, size, height=size + 2)
    below = top + size + (4 if size == 7 else 2)
    if c.width >= EVENTS_FROM:
        left = room + 4
        events(c, scene, left, top, c.width - left - 1, rows)
    elif c.height - below >= 2:
        events(c, scene, 2, below, c.width - 4, c.height - below)
    return ((top + 1, size),)


def _narrow(c: Canvas) -> Canvas:
    """The same cells, with the width at which the strip writes text."""
    part = Canvas(0, 0, c.means)
    part.width, part.height = min(c.width, STRIP_FROM - 1), c.height
    part.chars, part.looks, part.drawn = c.chars, c.looks, c.drawn
    return part


def _row_of_numbers(c: Canvas, scene: Scene, y: int) -> None:
    """`131/82 2 min  HR 76  SpO2 97  next 4 min`: numbers, marks, ages."""
    x = 2
    sys, dia = scene.show("sys"), scene.show("dia")
    told = [("sys", ("sys", "dia", "map"), "", f"{sys.figures}/{dia.figures}", "nibp")]
    told += [(n, (n,), name, scene.show(n).figures + scene.show(n).mark, n)
             for n, name in (("hr", "HR"), ("spo2", "SpO2"))]  # fmt: skip
    for vital, vitals, name, known, own in told:
        shown, condition = scene.show(vital), scene.of(*vitals)
        if condition is not None:
            c.drawn.add(condition.condition)
        dead = scene.lost or shown.value is None
        figures = MISSING if scene.lost else known
        x = c.put(x, y, name, "dim") + (1 if name else 0)
        ink = "limit" if dead else f"{role(condition)}-ink" if condition else own
        x = c.put(x, y, figures, ink, bold=True)
        if condition is not None:
            x = c.put(x + 1, y, mark(condition), ink, bold=True)
        age = provenance(shown)[-1] if shown.state != "none" else ""
        x = c.put(x + 1, y, age, "text") + (2 if age else 1)
    words, _, _ = act(scene)
    coming = (words,) if words else next_words(scene)[-1:]
    if coming and x + len(coming[0]) < c.width - 1:
        c.right(c.width - 1, y, coming[0], "bright")


def _one_row(c: Canvas, chair: AtBoard, y: int) -> None:
    """`2 SIM ** 131/82 76 97 2 min SYS HIGH`: a whole chair."""
    scene, found = chair.scene, worst_of(chair.scene)
    sys, dia, hr, spo2 = (scene.show(v) for v in ("sys", "dia", "hr", "spo2"))
    flag = "LOST" if scene.lost else mark(found) if found else ""
    figures = f"{sys.figures}/{dia.figures} {hr.figures} {spo2.figures}{spo2.mark}"
    mode = (scene.picture.mode or "WAITING")[:3]
    words = f"{chair.digit} {mode} {flag:<4} {MISSING if scene.lost else figures} {sys.age}"
    x = c.put(0, y, fit(words.rstrip(), c.width), "bright", bold=True) + 1
    if found is not None and not scene.lost:
        c.drawn.add(found.condition)
        if x + len(label(found)) <= c.width:
            x = c.put(x, y, label(found), f"{role(found)}-ink", bold=True) + 1
    c.put(x, y, fit(chair.name, max(0, c.width - x)), "dim")


def worst_of(scene: Scene) -> ConditionView | None:
    """The worst alarm; of one priority what waits first, and the patient's before the devices'."""
    return min(
        scene.standing,
        key=lambda c: (
            -PRIORITY_RANK.get(c.priority, 0), not waits(c), c.condition not in CONDITIONS,
        ),
        default=None,
    )  # fmt: skip


def _lane(c: Canvas, chair: AtBoard, y: int) -> None:
    """The worst alarm, with how many there are; that the link is lost is worse."""
    scene, found = chair.scene, worst_of(chair.scene)
    if scene.lost:
        c.fill(1, y, c.width - 2, 1, "med")
        c.put(2, y, "!!", bold=True)
        then = f"   then {mark(found)} {label(found)} {against(found)}" if found else ""
        words = f"{chair.gone or parted(scene)}   nothing of this chair is current{then}"
        c.put(6, y, fit(words, c.width - 9), bold=True)
        return
    if found is None:
        c.put(2, y, fit(quiet_words(scene) or "no alarms", c.width - 4), "dim")
        return
    count = len(scene.standing)
    more = f"{count} alarms" if count > 1 else ""
    if waits(found) and not scene.picked:
        more = f"{more}  press {chair.digit}".strip()
    lane(c, scene, y, found, more)


def _title(c: Canvas, chair: AtBoard, *, chosen: bool, alone: bool, tiled: bool) -> None:
    """Digit, mode, names, phase and its minutes, clock; the worst alarm too where it has no lane."""
    scene, picture = chair.scene, chair.scene.picture
    mode = picture.mode or "WAITING"
    paper = PAPER.get(mode, "raised")
    simulated = paper in ("sim", "replay")
    found, lost = worst_of(scene), scene.lost
    if simulated:
        for y in range(1, c.height):
            c.put(0, y, mode[(y - 1) % len(mode)], paper=paper, bold=True)
    c.fill(0, 0, c.width, 1, "sim" if simulated and alone else "raised")
    chip = f"▸{chair.digit} " if chosen else f" {chair.digit} "
    x = c.put(0, 0, chip, paper="focus" if chosen else "", bold=True)
    badge = mode if alone or c.width >= TILED_FROM else mode[:3]
    if lost:
        kept = f"{badge} LOST" if simulated else "LAST PICTURE" if alone else "LAST"
        x = c.put(x, 0, f" {kept} ", paper="med", bold=True) + 1
    else:
        x = c.put(x, 0, f" {badge} ", paper=paper, bold=True) + 1
    ink = "" if simulated and alone else "bright"
    name = fit(chair.name, 20)
    x = c.put(x, 0, name, ink, bold=True) + 2
    edge = c.width - 1
    minute = (
        "  ".join((*_coming(scene, tiled=tiled), _minute(scene))).strip()
        if alone
        else _minute(scene)
    )
    if not alone:
        _worst_words(c, chair, found, x, edge, minute)
        return
    now = clock(picture.started, picture.t if lost else scene.now, seconds=False)
    if picture.mode and x + len(now) + len(minute) + 4 < edge:
        edge = c.right(edge, 0, now, ink) - 2
    if x + len(minute) + 2 < edge:
        edge = c.right(edge, 0, minute, ink, bold=True) - 2
    c.put(x, 0, fit(picture.title or "", edge - x), "" if simulated else "text")


def _coming(scene: Scene, *, tiled: bool) -> tuple[str, ...]:
    """When the next BP is due, where the number's own row may have no room for it."""
    return () if tiled or scene.lost else next_words(scene)[:1]


def _minute(scene: Scene) -> str:
    picture = scene.picture
    if not picture.phase:
        return ""
    since = "" if picture.phase_t is None else f" {age_words(scene.now - picture.phase_t)}"
    return picture.phase.upper() + since


def _worst_words(
    c: Canvas, chair: AtBoard, found: ConditionView | None, x: int, edge: int, minute: str
) -> None:  # fmt: skip
    """The alarm, or the lost link, in the title's row; then the minute, if there is room."""
    scene = chair.scene
    if scene.lost:
        words, fill = chair.gone or parted(scene), "med"
    elif found is None:
        words, fill = "", ""
    else:
        words = f"{mark(found)} {label(found)} {against(found)}".rstrip()
        words += f"  {age_words(scene.now - found.since_t)}"
        if len(scene.standing) > 1:
            words += f"  +{len(scene.standing) - 1}"
        fill = role(found) if waits(found) and found.priority != "low" else ""
        c.drawn.add(found.condition)
    if fill:
        dark = found is not None and not scene.lost and not scene.lit(found)
        c.fill(x, 0, edge - x, 1, fill)
        if dark and found is not None:
            c.put(x, 0, f" {mark(found)} ", f"{fill}-ink", "ground", bold=True)
            words = words[len(mark(found)) :]
            c.put(x + 1 + len(mark(found)), 0, fit(words, edge - x - 5), bold=True)
        else:
            c.put(x + 1, 0, fit(words, edge - x - 2), bold=True)
    else:
        ink = f"{role(found)}-ink" if found else "dim"
        c.put(x + 1, 0, fit(words or "no alarms", edge - x - 2), ink, bold=bool(found))
    for aside in ("  ".join((*_coming(scene, tiled=False), minute)).strip(), minute):
        if x + 1 + len(words) + 2 + len(aside) <= edge:
            c.right(edge - 1, 0, aside, "" if fill else "text")
            break


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
        _one_row(c, chair, y)
        named[y] |= c.drawn
        c.drawn.clear()
    if c.height > len(board.chairs):
        c.put(0, len(board.chairs), fit("SCREEN TOO SMALL", c.width), "dim")
