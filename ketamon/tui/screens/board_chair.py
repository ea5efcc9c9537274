"""One chair on a nurse's board: title, worst alarm, numbers in figures as large as its rows allow."""

from dataclasses import dataclass

from ketamon.feed.messages import ConditionView
from ketamon.tui.canvas import Canvas, Means, fit
from ketamon.tui.scene import Scene, against, label, mark, parted, role, waits
from ketamon.tui.screens.monitor import grey, strike
from ketamon.tui.screens.strip import strip
from ketamon.tui.shown import MISSING
from ketamon.tui.times import age_words, clock
from ketamon.tui.widgets.cuff import act, next_words
from ketamon.tui.widgets.events import events
from ketamon.tui.widgets.header import PAPER
from ketamon.tui.widgets.lanes import lane, quiet_words
from ketamon.tui.widgets.pressure import pressure
from ketamon.tui.widgets.rate import rate
from ketamon.tui.widgets.tile import provenance
from ketamon.vitals import CONDITIONS, PRIORITY_RANK

TILED_FROM = 110  # columns
STRIP_FROM = 70
NIBP_WIDTH = 46
EVENTS_FROM = 160
STACKED_ROWS = 12


@dataclass(frozen=True, slots=True)
class AtBoard:
    """One chair on the board: its digit, its name, its scene; `gone`: why nothing is heard."""

    digit: int
    name: str
    scene: Scene
    gone: str = ""


def chair_canvas(
    size: tuple[int, int], rows: int, chair: AtBoard, means: Means | None, *, chosen: bool
) -> Canvas:
    """One chair on a canvas of its own, drawn as all are that have so many rows."""
    c, scene, width = Canvas(*size, means), chair.scene, size[0]
    figures: tuple[tuple[int, int], ...] = ()
    own_lane = rows >= (6 if width >= STRIP_FROM else 7)
    top = 2 if own_lane else 1
    if rows < 2:
        one_row(c, chair, 0)
        return c
    tiled = width >= TILED_FROM and rows >= top + 7
    if tiled:
        figures = _tiles(c, scene, top)
    elif rows >= top + STACKED_ROWS:
        figures = _stacked(c, scene, top)
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


def _stacked(c: Canvas, scene: Scene, top: int) -> tuple[tuple[int, int], ...]:
    """The pressure in five rows, the rates below it in three."""
    half = (c.width - 3) // 2
    pressure(c, scene, 2, top, c.width - 3, 5, limits_row=False)
    rate(c, scene, "hr", 2, top + 8, half - 1, 3)
    rate(c, scene, "spo2", 3 + half, top + 8, half - 1, 3)
    below = top + STACKED_ROWS + 1
    events(c, scene, 2, below, c.width - 4, c.height - below)
    return (top + 1, 5), (top + 9, 3)


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
    told: list[tuple[str, tuple[str, ...], str, str, str]]
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


def one_row(c: Canvas, chair: AtBoard, y: int) -> None:
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
