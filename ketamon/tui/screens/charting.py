"""How the chart looks, and how the session goes on: digits, words, what was charted last."""

from collections.abc import Mapping
from textwrap import wrap

from ketamon.charting import SEVERITIES, ChartEvent, value_words
from ketamon.tui.panels.chart import NAMES, Charting, standing
from ketamon.tui.panels.going import DOSING, STEPS, Going
from ketamon.tui.scene import Scene
from ketamon.tui.times import clock
from ketamon.tui.widgets.page import BLANK, Page, Piece, Row, row

CURSOR = "▏"
LEAST_WIDTH = 8


def charting(scene: Scene, panel: Charting, width: int, height: int) -> Page:
    """The group's events by digit; under them what is typed, or what was charted last."""
    when = f"{panel.ago_min} min ago" if panel.ago_min else "now"
    groups = _groups(panel, width)
    foot = _value(panel, width) if panel.event is not None else _last(panel, width)
    rows = [_event(i, event, panel, width) for i, event in enumerate(panel.shown, 1)]
    if height - 1 - len(groups) - len(rows) - len(foot) > 1:
        rows.append(BLANK)
    recent = standing(scene.picture.events)[-3:]
    earlier = [
        row(Piece(0, clock(scene.picture.started, line.t, seconds=False), "dim"),
            Piece(7, line.text[: max(LEAST_WIDTH, width - 9)], "dim"))
        for line in reversed(recent)
    ]  # fmt: skip
    left = height - 2 - len(groups) - len(rows) - len(foot)
    return Page("CHART", when, tuple(groups), (*rows, *foot, *earlier[: max(0, left)]))


def _groups(panel: Charting, width: int) -> list[Row]:
    """The groups' names, the open one marked; where all don't fit, that one alone."""
    if sum(len(name) + 2 for name in NAMES) > width:
        name = NAMES[panel.group]
        return [row(Piece(0, f"◂ {name} ▸", "on-focus", bold=True, paper="focus"))]
    pieces, keys, x = [], [], 0
    for i, name in enumerate(NAMES):
        chosen = i == panel.group
        ink, paper = ("on-focus", "focus") if chosen else ("dim", "")
        pieces.append(Piece(x, name, ink, bold=chosen, paper=paper))
        if not chosen:
            way = "right" if i > panel.group else "left"
            keys.append((x, len(name), " ".join([way] * abs(i - panel.group))))
        x += len(name) + 2
    return [Row(tuple(pieces), keys=tuple(keys))]


def _event(digit: int, event: ChartEvent, panel: Charting, width: int) -> Row:
    is_last = event == panel.last
    pieces = [
        Piece(0, f"{digit}", "bright", bold=True),
        Piece(3, event.words, "bright" if is_last else "text", bold=is_last),
    ]
    if is_last:
        pieces.append(Piece(18, value_words(event, panel.last_value), "bright", bold=True))
    return Row(tuple(pieces), keys=((0, width, str(digit)),))


def _value(panel: Charting, width: int) -> list[Row]:
    event = panel.event
    if event is None:
        return []
    unit = f" {event.unit}" if event.unit else ""
    what = "words" if event.takes == "text" else f"number{unit}, then words if need be"
    rows = [
        row(Piece(0, event.words, "bright", bold=True), Piece(len(event.words) + 2, what, "dim"))
    ]
    shown = (panel.text + CURSOR)[-max(LEAST_WIDTH, width - 3) :]
    rows.append(row(Piece(0, shown, "on-focus", bold=True, paper="focus")))
    return [*rows, *_said(panel.said, width)]


def _last(panel: Charting, width: int) -> list[Row]:
    if panel.sending:
        return _said("sending", width)
    rows = _said(panel.said, width)
    if panel.last is not None and panel.last.takes == "severity" and panel.last in panel.shown:
        digit = panel.shown.index(panel.last) + 1
        value = panel.last_value if isinstance(panel.last_value, int) else 0
        following = SEVERITIES[(value + 1) % len(SEVERITIES)]
        rows.append(row(Piece(0, f"{digit} again: {following}", "dim")))
    return rows


def _said(said: str, width: int) -> list[Row]:
    lines = wrap(said, max(LEAST_WIDTH, width - 3))
    return [row(Piece(0, line, "bright", bold=True)) for line in lines]


def going(scene: Scene, panel: Going, width: int, height: int) -> Page:
    """The steps by digit, the chosen one marked; the baseline's readings; what dosing waits for."""
    rows = []
    for i, (words, _name, _args) in enumerate(STEPS):
        chosen = i == panel.step
        ink, paper = ("on-focus", "focus") if chosen else ("text", "")
        pieces = (
            Piece(0, str(i + 1), "bright", bold=True),
            Piece(3, words, ink, bold=chosen, paper=paper),
        )
        rows.append(Row(pieces, keys=((0, width, str(i + 1)),)))
    said = _said(panel.said, width) or [row(Piece(0, "a digit, then y", "dim"))]
    aside = f"now {scene.picture.phase or 'setup'}"
    writing = panel.takes_text
    if panel.said and panel.step == DOSING and not writing and not panel.reason:
        aside = "0 and a reason: all the same"
    if writing or panel.reason:
        typed = panel.text + CURSOR if writing else panel.reason
        shown = typed[-max(LEAST_WIDTH, width - 12) :]
        paper = "focus" if writing else ""
        ink = "on-focus" if writing else "bright"
        said = [row(Piece(0, "reason", "dim"), Piece(8, shown, ink, bold=True, paper=paper))]
        said += [] if writing else [row(Piece(0, "y goes on with it", "text"))]
    if panel.said and panel.step is not None and len(rows) + len(said) > height - 1:
        rows = rows[panel.step : panel.step + 1]
    left = height - 2 - len(rows) - len(said)
    base = _baseline(scene)[: max(0, left)] if not panel.said and not writing else []
    gap = [BLANK] if left > len(base) else []
    return Page("THE SESSION GOES ON", aside, (), (*rows, *gap, *base, *said))


def _baseline(scene: Scene) -> list[Row]:
    """What a lock would count: medians and spread first, then the readings, newest first."""
    view = scene.picture.baseline
    if not view.readings and view.locked_t is None:
        return [row(Piece(0, "baseline: no reading yet", "text"))]
    rows = []
    if view.locked_t is not None:
        at = clock(scene.picture.started, view.locked_t, seconds=False)
        told = f"locked {at} by {view.locked_by or 'somebody'}: {_median(view.locked)}"
        rows.append(row(Piece(0, told, "bright")))
    count = len(view.readings)
    if view.medians:
        spread = f"spread {_pressure(view.spread)}"
        told = f"{count} readings, median {_median(view.medians)}, {spread}"
    else:
        told = f"{count} reading{'s' if count != 1 else ''}: a lock needs two"
    rows.append(row(Piece(0, told, "bright")))
    for one in reversed(view.readings):
        hr = "" if one.hr is None else f"HR {one.hr:g}"
        pressure = "/".join("–" if v is None else f"{v:g}" for v in (one.systolic, one.diastolic))
        rows.append(row(
            Piece(0, clock(scene.picture.started, one.t, seconds=False), "dim"),
            Piece(7, pressure), Piece(16, hr),
        ))  # fmt: skip
    return rows


def _median(values: Mapping[str, float]) -> str:
    hr = f" HR {values['hr']:g}" if "hr" in values else ""
    return _pressure(values) + hr


def _pressure(values: Mapping[str, float]) -> str:
    return "/".join(f"{values[v]:g}" if v in values else "–" for v in ("sys", "dia"))
