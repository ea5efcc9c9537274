"""The wall: every chair of every machine that is looked at, the worst first; pure drawing.

| terminal | a chair takes |
|---|---|
| 80 columns and more | a row with all its numbers; a second one in words where all chairs have room |
| less | two rows, and a third where all have room |

Where not all fit, the worst stays in the first place and the others scroll under it. The last rows
say more of the chosen chair, that all this is for information only, and the keys.
"""

from dataclasses import dataclass
from typing import NamedTuple

from ketamon.feed.board import Board, Key
from ketamon.tui.canvas import Canvas, Means, fit
from ketamon.tui.scene import Scene, mark, role, waits
from ketamon.tui.screens.wall_facts import Line, fact, name_of, shade_of, since_of, words_of
from ketamon.tui.screens.wall_words import (
    UNHEARD,
    answer_words,
    count_words,
    data_words,
    dose_words,
    helping,
    host_words,
    moment_words,
    phase_words,
    unheard_words,
)
from ketamon.tui.wall_keys import KEYS, LEAVING, WallKey
from ketamon.tui.widgets.header import PAPER
from ketamon.vitals import PRIORITY_RANK

WIDE = 80
SMALL = 40
HOSTS_AT_MOST = 2
ONLY = "information only: the alarms are at the chairs"
DEAD = "dead if this stands still"


class Column(NamedTuple):
    """One fact of a chair in its row; `x` and `width` in columns."""

    name: str
    x: int
    width: int
    title: str = ""


WIDE_COLUMNS = (
    Column("mark", 4, 3), Column("since", 8, 6, "since"), Column("chair", 15, 7, "chair"),
    Column("bp", 23, 7, "BP"), Column("age", 31, 6, "ago"), Column("delta", 37, 4, "Δ"),
    Column("hr", 42, 3, "HR"), Column("spo2", 46, 4, "SpO2"), Column("score", 51, 2, "M"),
    Column("phase", 54, 8, "phase"), Column("dose", 63, 9, "dose"), Column("data", 73, 6, "data"),
)  # fmt: skip
NARROW_COLUMNS = (
    Column("mark", 1, 3), Column("chair", 5, 6, "chair"), Column("bp", 12, 7, "BP"),
    Column("age", 20, 6, "ago"), Column("delta", 26, 4, "Δ"), Column("hr", 31, 3, "HR"),
    Column("spo2", 35, 4, "SpO2"),
)  # fmt: skip
SMALL_COLUMNS = (
    Column("mark", 1, 3), Column("chair", 5, 4, "ch"), Column("bp", 10, 7, "BP"),
    Column("hr", 18, 3, "HR"), Column("spo2", 22, 4, "SpO2"),
)  # fmt: skip
LEFT = frozenset({"mark", "chair", "phase", "dose"})
RAIL_WORDS = {"SIMULATED": "SIM", "REPLAY": "REP"}


@dataclass(frozen=True, slots=True)
class WallScene:
    """One moment of a wall. `at`: the viewer's own clock in seconds, `time` what it reads."""

    board: Board
    at: float
    time: str = ""
    chosen: Key | None = None
    help_page: int = 0
    leaving: bool = False
    notice: str = ""


def draw_wall(width: int, height: int, wall: WallScene, means: Means | None = None) -> Canvas:
    """Draws the wall on a canvas of any size; the same scene gives the same canvas."""
    c = Canvas(width, height, means)
    lines = lines_of(wall)
    _header(c, wall, lines)
    if wall.help_page:
        _help(c)
    else:
        _body(c, wall, lines)
    _footer(c, wall)
    return c


def lines_of(wall: WallScene) -> list[Line]:
    """All chairs in their order."""
    found = []
    for seen in wall.board.in_order(wall.at):
        state = wall.board.state(seen, wall.at)
        scene = Scene(seen.picture, seen.picture.now(wall.at), wall.at - seen.heard, at=wall.at)
        found.append(Line(seen, scene, state, seen.worst))
    return found


def chosen(wall: WallScene, lines: list[Line]) -> int:
    """Which of the lines is chosen: the one that was, wherever it is now; else the worst."""
    return next((i for i, line in enumerate(lines) if line.seen.key == wall.chosen), 0)


# -- around the chairs -------------------------------------------------------------------------


def _header(c: Canvas, wall: WallScene, lines: list[Line]) -> None:
    """Mode, how many chairs, how many alarms of each priority, and the viewer's own clock."""
    modes = {line.scene.picture.mode for line in lines if line.seen.is_known}
    only = next(iter(modes)) if len(modes) == 1 else ""
    if only in RAIL_WORDS:
        c.fill(0, 0, c.width, 1, PAPER[only])
        x = c.put(1, 0, only if c.width >= SMALL else only[:3], bold=True) + 1
    elif modes:
        x = c.put(1, 0, " LIVE ", paper="live", bold=True) + 1
    else:
        x = 1
    end = c.right(
        c.width - 1, 0, f"{wall.time} ●", "" if only in RAIL_WORDS else "bright", bold=True
    )
    words = ["Wall", f"{len(lines)} chair{'' if len(lines) == 1 else 's'}"]
    if c.width < WIDE:
        words = words[1:]
    ranks = [wall.board.rank(line.seen, wall.at) for line in lines]
    counts = [(n, ranks.count(rank)) for n, rank in reversed(PRIORITY_RANK.items())]
    text = "  ".join((*words, *(f"{n} {name}" for name, n in counts if n)))
    c.put(x, 0, fit(text, end - 1 - x), "" if only in RAIL_WORDS else "bright")


def _body(c: Canvas, wall: WallScene, lines: list[Line]) -> None:
    columns = columns_for(c.width)
    y = 1
    for host in wall.board.gone()[:HOSTS_AT_MOST]:
        c.put(1, y, "!!", paper="med", bold=True)
        c.put(5, y, fit(host_words(host, wall.at), c.width - 6), "bright")
        y += 1
    left = len(wall.board.gone()) - HOSTS_AT_MOST
    if left > 0:
        c.put(5, y, f"and {count_words(left, 'machine')} more", "bright")
        y += 1
    for column in columns:
        _place(c, column, y, column.title, "dim")
    y += 1
    bottom = c.height - 3
    if not lines:
        c.put(2, y + 1, fit("no session is running where this looks", c.width - 3), "text")
    _chairs(c, wall, lines, columns, y, bottom)


def columns_for(width: int) -> tuple[Column, ...]:
    """What a chair's row holds on a terminal that wide."""
    if width >= WIDE:
        return WIDE_COLUMNS
    return NARROW_COLUMNS if width >= SMALL else SMALL_COLUMNS


def _chairs(
    c: Canvas, wall: WallScene, lines: list[Line], columns: tuple[Column, ...], y: int, bottom: int
) -> None:
    """The chairs that fit from `y` on; the worst first, the chosen one among them."""
    most, least = (2, 1) if c.width >= WIDE else (3, 2)
    rows = bottom - y
    each = next((n for n in range(most, least, -1) if len(lines) * n <= rows), least)
    room = max(1, rows // each)
    at = chosen(wall, lines)
    start = 1 if len(lines) <= room or at < room else at - room + 2
    shown = [*lines[:1], *lines[start : start + room - 1]]
    for line in shown:
        is_chosen = bool(lines) and line is lines[at]
        _chair(c, line, columns, y, each, is_chosen=is_chosen)
        y += each
    above, below = start - 1, len(lines) - start - len(shown) + 1
    _more(c, wall, lines[at : at + 1], above, below)


def _more(c: Canvas, wall: WallScene, at: list[Line], above: int, below: int) -> None:
    """The two rows over the keys: the chosen chair in words, and what a wall is for."""
    y = c.height - 3
    if at:
        text = f"chair {name_of(at[0].seen)}: {detail_words(at[0], wall)}"
        c.put(1, y, fit(text, c.width - 2), "text")
    hidden = [f"{above} above" if above else "", f"{below} below" if below else ""]
    more = "  ".join(word for word in hidden if word)
    end = c.right(c.width - 1, y + 1, more, "bright", bold=True) if more else c.width
    words = wall.notice or (f"{ONLY}; {DEAD}" if c.width >= WIDE else DEAD)
    if c.width < WIDE and not wall.notice and not more:
        words = f"info only; {DEAD}"
    c.put(1, y + 1, fit(words, end - 2), "bright" if wall.notice else "dim")


def detail_words(line: Line, wall: WallScene) -> str:
    """Everything that a row has no room for, most needed first."""
    found = [words_of(line)]
    worst = line.worst
    if worst is not None and line.state == "heard":
        found = [f"{mark(worst)} {found[0]}", answer_words(line.scene, worst)]
    elif line.state in UNHEARD:
        found = [unheard_words(line.state, line.seen, wall.board, wall.at)]
        found += [words_of(line)] if worst else []
    others = len(line.scene.standing) - 1
    found += [f"+{others} more"] if others > 0 else []
    dose, said = dose_words(line.scene), moment_words(line.scene)
    return "  ".join(word for word in (*found, dose, said) if word)


def _footer(c: Canvas, wall: WallScene) -> None:
    y, x = c.height - 1, 2 if c.width >= SMALL else 1
    keys: tuple[WallKey, ...] = LEAVING if wall.leaving else KEYS
    if wall.leaving:
        x = c.put(x, y, "leave the wall?", "bright", bold=True) + 2
    for key in keys:
        if not key.word or x + len(key.shown) + 1 + len(key.word) > c.width:
            continue
        c.touch.append((y, x, len(key.shown) + 1 + len(key.word), key.names[0]))
        x = c.put(x, y, key.shown, "bright", bold=True)
        x = c.put(x + 1, y, key.word, "dim") + 2


def _help(c: Canvas) -> None:
    for y, (what, words) in enumerate(helping(), 2):
        if y < c.height - 1:
            c.put(2, y, what, "bright", bold=True)
            c.put(12, y, fit(words, c.width - 13), "text")


# -- one chair ---------------------------------------------------------------------------------


def _chair(
    c: Canvas, line: Line, columns: tuple[Column, ...], y: int, rows: int, *, is_chosen: bool
) -> None:
    _rail(c, line, y, rows, wide=c.width >= WIDE)
    unheard = line.state in UNHEARD
    if is_chosen:
        c.put(3 if c.width >= WIDE else 4, y, "▸", "bright", bold=True)
    for column in columns:
        text, shade = fact(line, column.name)
        if column.name == "mark":
            _mark(c, line, column.x, y)
        else:
            is_past = unheard and column.name != "chair"
            _place(c, column, y, text, "dim" if is_past else shade)
    if unheard and c.width >= WIDE:
        text = unheard_words(line.state, line.seen, None, line.scene.at)
        c.put(54, y, " " * (c.width - 55), "text")
        c.put(54, y, fit(text, c.width - 55), "bright", bold=True)
    elif c.width >= WIDE + 20 and rows == 1:
        c.put(WIDE + 1, y, fit(words_of(line), c.width - WIDE - 2), shade_of(line))
    if rows > 1:
        _second(c, line, y + 1)
    if rows > 2:
        told = (phase_words(line.scene), dose_words(line.scene), data_words(line.scene))
        c.put(5, y + 2, fit("  ".join(word for word in told if word), c.width - 6), "dim")


def _second(c: Canvas, line: Line, y: int) -> None:
    """The alarm in words; at the right who has answered, or what happened last."""
    x, end = (8, 79) if c.width >= WIDE else (5, c.width - 1)
    worst = line.worst
    if line.state in UNHEARD and c.width < WIDE:
        words = unheard_words(line.state, line.seen, None, line.scene.at)
    else:
        words = words_of(line)
    if c.width < WIDE and worst is not None and line.state == "heard":
        words = f"{since_of(line)} {words}"
    elif c.width < WIDE and not words:
        words = f"{phase_words(line.scene)}  {data_words(line.scene)}"
    after = c.put(x, y, fit(words, end - x), shade_of(line))
    if c.width >= WIDE and line.state == "heard":
        said = answer_words(line.scene, worst) if worst is not None else moment_words(line.scene)
        c.right(end, y, fit(said, end - after - 2), "dim")


def _rail(c: Canvas, line: Line, y: int, rows: int, *, wide: bool) -> None:
    """What is no patient says so in each of its rows."""
    word = RAIL_WORDS.get(line.scene.picture.mode)
    if word is None:
        return
    for row in range(rows):
        text = word if wide else word[row % 3]
        c.put(0, y + row, text, paper=PAPER[line.scene.picture.mode], bold=True)


def _mark(c: Canvas, line: Line, x: int, y: int) -> None:
    if line.state in UNHEARD and (line.worst is None or line.worst.priority != "high"):
        c.put(x, y, "!! ", paper="med", bold=True)
        return
    if line.worst is None or line.state == "ended":
        return
    filled = waits(line.worst)
    paper, shade = (role(line.worst), "") if filled else ("", role(line.worst) + "-ink")
    c.put(x, y, f"{mark(line.worst):<3}", shade, paper, bold=True)


def _place(c: Canvas, column: Column, y: int, text: str, shade: str) -> None:
    """Writes into a column: names at its left edge, numbers at its right."""
    text = fit(text, column.width)
    if column.name in LEFT:
        c.put(column.x, y, text, shade)
    else:
        c.right(column.x + column.width, y, text, shade)
