"""How each panel looks: the table of them, and those that are made of rows.

A panel of a new kind is a module in `ketamon.tui.panels` and a line in `LOOKS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from ketamon.feed.settings import LEVEL_WORDS, SIDE_WORDS, setting_figure
from ketamon.tui.canvas import Canvas
from ketamon.tui.panels.answering import Answering
from ketamon.tui.panels.away import Away
from ketamon.tui.panels.chart import Charting
from ketamon.tui.panels.discharge import Discharge
from ketamon.tui.panels.going import Going
from ketamon.tui.panels.heard import CHOICES, Heard
from ketamon.tui.panels.limits import Limits, change_words
from ketamon.tui.panels.messages import Writing
from ketamon.tui.panels.panel import Panel
from ketamon.tui.panels.reasons import Reasoned
from ketamon.tui.panels.review import CHOICES as VERDICT_WORDS
from ketamon.tui.panels.review import Review
from ketamon.tui.panels.setup import Setup
from ketamon.tui.panels.skip import Skip
from ketamon.tui.scene import Scene
from ketamon.tui.screens.charting import charting, going
from ketamon.tui.screens.discharge import discharge
from ketamon.tui.screens.messages import answered, answering, messages, written
from ketamon.tui.screens.setup import setup
from ketamon.tui.shown import exact
from ketamon.tui.times import clock
from ketamon.tui.typed import Typed
from ketamon.tui.widgets.page import BLANK, Page, Piece, Row, draw_page, row
from ketamon.tui.widgets.typedpanel import NEEDED, typedpanel, typedrow
from ketamon.vitals import VITALS, Number

ALL = 99  # rows: as many as there are
LOW = 14  # rows under which a panel goes without blanks
CURSOR = "▏"
CELL = 8  # columns of a limit
CELLS_AT = 12
TWO_FROM = 52  # columns from which two reasons stand side by side


@dataclass(frozen=True, slots=True)
class Look:
    """Rows it needs over the trends; how it is drawn there; on one row, where a screen has no more.

    Without `line` a small screen gives it a page of its own, under the numbers in small; a `wide`
    one has it on every screen where a view has.
    """

    needed: int
    draw: Callable[..., None]
    line: Callable[..., None] | None = None
    wide: bool = False


def _of_rows(rows: Callable[[Scene, Any, int, int], Page]) -> Callable[..., None]:
    def draw(
        c: Canvas, scene: Scene, panel: Panel, x: int, y: int, width: int, height: int
    ) -> None:
        draw_page(c, rows(scene, panel, width, height), x, y, width, height, paper="raised")

    return draw


def _reasons(panel: Reasoned, width: int, rows: int = ALL) -> list[Row]:
    """The usual reasons by digit, the chosen one marked; two side by side where rows are few."""
    own = "" if panel.reason in panel.REASONS else panel.reason
    own += CURSOR if panel.writing else ""
    told = [(str(i), reason, panel.reason == reason) for i, reason in enumerate(panel.REASONS, 1)]
    told.append(("0", own or "own words", bool(own)))
    beside = 2 if len(told) > rows and width >= TWO_FROM else 1
    each = (width - 2) // beside
    return [_side_by_side(told[i : i + beside], each) for i in range(0, len(told), beside)]


def _side_by_side(told: list[tuple[str, str, bool]], each: int) -> Row:
    pieces, keys = [], []
    for i, (digit, words, chosen) in enumerate(told):
        shown, paper = words[-(each - 4) :], "focus" if chosen else ""
        ink = "on-focus" if chosen else ""
        pieces += [
            Piece(i * each, f"{digit}  ", ink or "bright", bold=True, paper=paper),
            Piece(i * each + 3, f"{shown:<{each - 4}}", ink or "text", bold=chosen, paper=paper),
        ]
        keys.append((i * each, each, digit))
    return Row(tuple(pieces), keys=tuple(keys))


def _said(panel: Reasoned, width: int) -> list[Row]:
    said = "sending" if panel.sending else panel.said
    return [row(Piece(0, line, "bright", bold=True)) for line in wrap(said, max(8, width - 3))]


def _skip(_scene: Scene, panel: Skip, width: int, _height: int) -> Page:
    return Page(
        "SKIP THE BP THAT IS DUE",
        rows=(*_reasons(panel, width), BLANK, *(_said(panel, width) or _ask("why? then y"))),
    )


def _ask(words: str) -> list[Row]:
    return [row(Piece(0, words, "text"))]


def _heard(scene: Scene, _panel: Heard, width: int, _height: int) -> Page:
    played = scene.picture.audio.test in ("played", "heard", "not_heard")
    told = "was it heard at the chair?" if played else "the test is being played"
    if scene.picture.audio.test == "failed":
        told = f"the test failed: {scene.picture.audio.why or 'no sound came'}"
    rows = [row(Piece(0, line)) for line in wrap(told, max(8, width - 3))]
    rows += [
        _side_by_side([(str(i), words, False)], width - 2) for i, words in enumerate(CHOICES, 1)
    ]
    return Page("SOUND TEST", rows=tuple(rows))


def _away(scene: Scene, panel: Away, width: int, height: int) -> Page:
    told = "back now" if panel.minutes == 0 else f"{panel.minutes} min"
    more = " more" if panel.minutes and scene.away is not None else ""
    fields = [("how long", told + more)]
    fields += [(role, "away" if role in panel.sensors else "stays") for role in panel.bound]
    rows = [_field(*one, steps=i - panel.at) for i, one in enumerate(fields)]
    said = _said(panel, width) or _ask("y tells it so")
    gap = [BLANK] if height >= len(rows) + len(said) + 9 else []
    left = height - 1 - len(rows) - len(said)
    return Page("AWAY", rows=(*rows, *gap, *_reasons(panel, width, left), *gap, *said))


def _field(name: str, value: str, *, steps: int) -> Row:
    """A field so many steps below the chosen one; touched it is chosen, then changed."""
    chosen = steps == 0
    shown = f"◂ {value} ▸" if chosen else f"  {value}"
    way = " ".join(["down" if steps > 0 else "up"] * abs(steps))
    keys = _sides(10, len(shown)) if chosen else ((0, 10 + len(shown), way),)
    return Row((
        Piece(0, name, "bright" if chosen else "dim", bold=chosen),
        Piece(10, shown, "on-focus" if chosen else "text", bold=chosen, paper="focus" if chosen else ""),
    ), keys=keys)  # fmt: skip


def _sides(x: int, width: int) -> tuple[tuple[int, int, str], ...]:
    """What touching `◂ 175 ▸` does: its left half, and its right."""
    return (x, width // 2, "left"), (x + width // 2, width - width // 2, "right")


def _review(scene: Scene, panel: Review, width: int, _height: int) -> Page:
    """What waits, the chosen one marked; then what can become of it."""
    waits = scene.picture.quarantine
    chosen = panel.seq if any(r.seq == panel.seq for r in waits) else waits[0].seq if waits else 0
    rows = []
    for reading in waits:
        is_chosen = reading.seq == chosen
        pressure = f"{_figure(reading.systolic)}/{_figure(reading.diastolic)}"
        clock_said = (
            f"its clock: {reading.device_time}" if reading.device_time else "its clock is not set"
        )
        came = clock(scene.picture.started, reading.t, seconds=False)
        ink = "on-focus" if is_chosen else "text"
        rows.append(row(
            Piece(0, pressure, ink, bold=True), Piece(9, f"came {came}", ink),
            paper="focus" if is_chosen else "",
        ))  # fmt: skip
        rows += [row(Piece(2, line, "dim")) for line in wrap(clock_said, max(8, width - 5))]
    rows += [
        _side_by_side([(str(i), words, False)], width - 2)
        for i, words in enumerate(VERDICT_WORDS, 1)
    ]
    rows += [
        row(Piece(0, line, "bright", bold=True)) for line in wrap(panel.said, max(8, width - 3))
    ]
    return Page("STORED READINGS", rows=tuple(rows))


def _figure(value: Number | None) -> str:
    return "–" if value is None else f"{value:g}"


# -- limits ---------------------------------------------------------------------------------------


def _limits(scene: Scene, panel: Limits, width: int, height: int) -> Page:
    """The table around the chosen limit; under it old → new, why, and what is wrong with it."""
    limits = scene.picture.limits
    low = height < LOW
    foot = (_change if panel.new else _about)(scene, panel, width, low)
    all_of_them = panel.rows()
    used = 2 + len(foot) + (1 if height >= 16 else 0)
    visible = max(1, height - used)
    at = all_of_them.index((panel.at.split(".")[0], panel.at.split(".")[1])) if panel.at else 0
    start = max(0, min(at - visible // 2, len(all_of_them) - visible))
    shown = all_of_them[start : start + visible]
    rows = [_limit_row(panel, one, first=i == 0 or shown[i - 1][0] != one[0])
            for i, one in enumerate(shown)]  # fmt: skip
    head = row(
        Piece(CELLS_AT + CELL - 7, "medium", "dim"), Piece(CELLS_AT + 2 * CELL - 5, "high", "dim")
    )
    name = f"LIMITS  {limits.name}" if limits.name else "LIMITS"
    aside = f"v{limits.version}"
    return Page(name, aside, (head,), (*rows, *foot))


def _limit_row(panel: Limits, one: tuple[str, str], *, first: bool) -> Row:
    """One side of a vital; the vital is named once."""
    vital, side = one
    known = VITALS.get(vital)
    pieces = [
        Piece(0, (known.label if known else vital) if first else "", "bright", bold=True),
        Piece(7, SIDE_WORDS.get(side, side), "dim"),
    ]
    keys: list[tuple[int, int, str]] = []
    for key in panel.levels(one):
        level = key.split(".")[2]
        column = {"medium": 0, "high": 1, "high_now": 2}[level]
        chosen, setting = key == panel.at, panel._setting(key)
        figure = setting_figure(panel.value(key))
        text = f"◂ {figure} ▸" if chosen and panel.may else figure
        end = CELLS_AT + CELL * (column + 1) - 1 + (2 if chosen and panel.may else 0)
        altered = panel.value(key) != setting.first
        ink = (
            "on-focus"
            if chosen
            else "bright"
            if altered
            else "limit"
            if figure == "OFF"
            else "text"
        )
        pieces.append(Piece(end - len(text), text, ink, bold=chosen or altered,
                            paper="focus" if chosen else ""))  # fmt: skip
        if panel.may and chosen:
            keys += _sides(end - len(text), len(text))
        elif panel.at:
            keys.append((CELLS_AT + CELL * column, CELL, _way(panel, key)))
    return Row(tuple(pieces), keys=tuple(keys))


def _way(panel: Limits, key: str) -> str:
    """The keys that lead from the chosen limit to another one."""
    names: list[str] = []
    rows = [".".join(one) for one in panel.rows()]
    by = rows.index(key.rpartition(".")[0]) - rows.index(panel.at.rpartition(".")[0])
    for _ in range(abs(by)):
        names.append("down" if by > 0 else "up")
        panel = panel._moved("next" if by > 0 else "previous")
    while panel.may and panel.at != key:
        names.append("tab")
        panel = panel._moved("next_field")
    return " ".join(names)


def _change(scene: Scene, panel: Limits, width: int, low: bool) -> list[Row]:
    words = [change_words(panel, key) for key, _ in panel.new]
    told = ["; ".join(words)] if low else words
    rows = [] if low else [BLANK]
    rows += [row(Piece(0, line, "bright", bold=True))
             for text in told for line in wrap(text, max(8, width - 3))]  # fmt: skip
    said = _said(panel, width)
    if not said:
        hint = _still(scene, panel)
        said = [row(Piece(0, hint))] if hint else []
    return [*rows, *said, *_reasons(panel, width, 3 if low else ALL)]


def _still(scene: Scene, panel: Limits) -> str:
    """`172 is still beyond it`: what the standing value would then be."""
    for key, limit in panel.new:
        vital, side, _ = key.split(".")
        shown = scene.show(vital)
        if limit is None or shown.value is None or side not in ("high", "low"):
            continue
        beyond = shown.value > limit if side == "high" else shown.value < limit
        if beyond:
            return f"{exact(shown.value)} is still beyond {exact(limit)}"
    return ""


def _about(scene: Scene, panel: Limits, width: int, low: bool) -> list[Row]:
    """Of the chosen limit: what it was, who changed it when and why; else who approved them."""
    limits, setting = scene.picture.limits, panel._setting(panel.at)
    told = [f"approved: {limits.approved}"] if limits.approved else []
    changed = len(limits.changed)
    if changed:
        told.append(f"{changed} changed since the start")
    if setting.is_changed:
        at = "" if setting.t is None else clock(scene.picture.started, setting.t, seconds=False)
        level = LEVEL_WORDS.get(panel.at.split(".")[2], "")
        was: Number | None = setting.first
        told = [f"{level}: was {setting_figure(was)}; {at} {setting.by}: {setting.reason}"]
    lines = [line for text in told for line in wrap(text, max(8, width - 3))]
    said = _said(panel, width)
    return [*([] if low else [BLANK]), *said, *(row(Piece(0, line, "dim")) for line in lines[:4])]


LOOKS: dict[type, Look] = {
    Charting: Look(ALL, _of_rows(charting)),
    Going: Look(ALL, _of_rows(going), wide=True),
    Setup: Look(ALL, _of_rows(setup), wide=True),
    Discharge: Look(ALL, _of_rows(discharge), wide=True),
    Writing: Look(ALL, _of_rows(messages), written),
    Answering: Look(NEEDED, _of_rows(answering), answered),
    Typed: Look(NEEDED, typedpanel, typedrow),
    Limits: Look(ALL, _of_rows(_limits)),
    Away: Look(ALL, _of_rows(_away)),
    Skip: Look(11, _of_rows(_skip)),
    Review: Look(ALL, _of_rows(_review)),
    Heard: Look(NEEDED, _of_rows(_heard)),
}
