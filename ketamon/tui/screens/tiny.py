"""Under 60x16: the mode, the worst alarm, the numbers with marks and ages, as text.

Every line has a rank; where rows are few the lower ranks go. The first never goes: mode and
numbers share it when there is one row only.
"""

from ketamon.feed.messages import ConditionView
from ketamon.tui.abilities import is_afar, seat_shown, unread
from ketamon.tui.canvas import Canvas, fit
from ketamon.tui.scene import Scene, against, ink, label, mark, parted, role, waits
from ketamon.tui.screens.panels import LOOKS
from ketamon.tui.shown import MISSING, Shown
from ketamon.tui.times import clock
from ketamon.tui.widgets.header import PAPER, pace_words
from ketamon.tui.widgets.lanes import quiet_words

Piece = tuple[str, str]  # text, ink
DEAD = "dead if the clock stands still"
LEAVING = "y leave  esc stay"


def tiny(c: Canvas, scene: Scene) -> None:
    """Draws as much as fits, most needed first, and never fails."""
    if c.width < 1 or c.height < 1:
        return
    mode = scene.picture.mode or "WAITING"
    left = 2 if c.width >= 20 and c.height >= 2 else 0
    room = c.width - left
    numbers = _numbers(scene, room)
    if c.height == 1:
        _one_line(c, scene, mode, room)
        return
    _head(c, scene, mode, left)
    rows = c.height - 1
    lane = 1 if rows >= 2 else 0
    shown = numbers if rows >= len(numbers) + lane else [_merged(numbers)]
    y = 1
    if lane:
        _lane(c, scene, y, left)
        y += 1
    for pieces in shown[: c.height - y]:
        x = left
        for text, shade in pieces:
            x = c.put(x, y, text, shade, bold=True)
        y += 1
    if y < c.height:
        _quiet(c, scene, y, left, room)


def _quiet(c: Canvas, scene: Scene, y: int, left: int, room: int) -> None:
    """What is left over: the devices' lane (of a lost link, what alarmed then), then a notice."""
    found = scene.physiological
    if scene.lost and found:
        words = f"then {mark(found[0])} {label(found[0])} {against(found[0])}"
        c.put(left, y, fit(words, room), "bright")
        y += 1
    devices = () if scene.lost else scene.technical
    if devices:
        c.drawn.add(devices[0].condition)
    words = f"{mark(devices[0])} {label(devices[0])}" if devices else quiet_words(scene)
    if words:
        c.put(left, y, fit(words, room), role(devices[0]) + "-ink" if devices else "bright")
        y += 1
    if scene.leaving:
        c.put(left, y, fit(LEAVING, room), "bright", bold=True)
    elif scene.panel is not None and (look := LOOKS[type(scene.panel)]).line is not None:
        look.line(c, scene.panel, left, y, room)
    else:
        small = f"SCREEN TOO SMALL  {seat_shown(scene.picture)}".rstrip()
        c.put(left, y, fit(scene.notice or small, room), "dim")
    waiting = unread(scene.picture)
    if waiting is not None and y + 1 < c.height:
        c.put(left, y + 1, fit(f"{waiting.who}: {waiting.text}", room), "bright", bold=True)
        y += 1
    if y + 1 < c.height and not scene.lost and is_afar(scene.picture):
        c.put(left, c.height - 1, fit(DEAD, room), "dim")


def _one_line(c: Canvas, scene: Scene, mode: str, room: int) -> None:
    """Mode, or the alarm's mark with it, and the three numbers."""
    worst = scene.physiological[0] if scene.physiological else None
    figures = " ".join(
        _figure(scene, name).replace(" ", "") for name in (("sys", "dia"), ("hr",), ("spo2",))
    )
    flag = "LOST " if scene.lost else f"{mark(worst)} " if worst else ""
    head = mode if len(mode) + 1 + len(flag) + len(figures) <= room else mode[:1]
    c.fill(0, 0, c.width, 1, PAPER.get(mode, "raised"))
    c.put(0, 0, fit(f"{head} {flag}{figures}", c.width), bold=True)


def _head(c: Canvas, scene: Scene, mode: str, left: int) -> None:
    paper = PAPER.get(mode, "raised")
    c.fill(0, 0, c.width, 1, paper)
    if left and mode in ("REPLAY", "SIMULATED"):
        for y in range(1, c.height):
            c.put(0, y, mode[(y - 1) % len(mode)], paper=paper, bold=True)
    end = c.put(left, 0, fit(f"{mode} {pace_words(scene)}".strip(), c.width - left), bold=True)
    time = clock(scene.picture.started, scene.now) if scene.picture.mode else ""
    if scene.leaving:
        time = LEAVING
    if end + 1 + len(time) <= c.width - 1:
        c.right(c.width - 1, 0, time, bold=True)


def _lane(c: Canvas, scene: Scene, y: int, left: int) -> None:
    """The worst alarm, or the lost link, which is worse."""
    room = c.width - left
    if scene.lost:
        c.fill(left, y, room, 1, "med")
        c.put(left, y, fit(parted(scene), room), bold=True)
        return
    found = scene.physiological
    if not found:
        c.put(left, y, fit("no alarms", room), "dim")
        return
    first: ConditionView = found[0]
    filled = waits(first) and first.priority != "low"
    more = f" 1 of {len(found)}" if len(found) > 1 else ""
    text = f"{mark(first)} {label(first)} {against(first)}{more}"
    c.drawn.add(first.condition)
    if filled:
        c.fill(left, y, room, 1, role(first))
    c.put(left, y, fit(text, room), "" if filled else role(first) + "-ink", bold=True)


def _numbers(scene: Scene, room: int) -> list[list[Piece]]:
    """Three lines: name, figures, mark, age."""
    lines: list[list[Piece]] = []
    for name, vitals, own in (
        ("SYS/DIA", ("sys", "dia"), "nibp"), ("HR", ("hr",), "hr"), ("SpO2", ("spo2",), "spo2"),
    ):  # fmt: skip
        condition = scene.of(*vitals)
        shown = scene.show(vitals[0])
        shade = "limit" if shown.value is None else "dim" if shown.dim else ink(condition, own)
        head = f"{name:<8}" if room >= 18 else ""
        sign = f" {mark(condition)}" if condition else ""
        age = f"  {shown.age}" if shown.age else ""
        figures = f"{_figure(scene, vitals):>7}"
        lines.append([(head, "dim"), (figures if room >= 18 else figures.strip(), shade),
                      (sign, shade), (age, "text")])  # fmt: skip
    return lines


def _merged(lines: list[list[Piece]]) -> list[Piece]:
    """All three on one line: figures and marks."""
    pieces: list[Piece] = []
    for line in lines:
        pieces += [(line[1][0].strip(), line[1][1]), (line[2][0].strip() + " ", line[2][1])]
    return pieces


def _figure(scene: Scene, vitals: tuple[str, ...]) -> str:
    shown: list[Shown] = [scene.show(v) for v in vitals]
    if scene.lost or all(s.value is None for s in shown):
        return MISSING
    return "/".join(s.figures for s in shown) + shown[0].mark
