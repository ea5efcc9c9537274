"""How the set-up looks: nine lines, what is open, and the page that is read back aloud."""

from textwrap import wrap

from ketamon.charting import CHECKS
from ketamon.feed.settings import setting_figure
from ketamon.tui.panels.setup import CHECKLIST, DOSE, READ, TYPED, WEIGHT, WHO, Setup
from ketamon.tui.scene import Scene
from ketamon.tui.views.devices import signal_words
from ketamon.tui.widgets.devices import words as state_words
from ketamon.tui.widgets.page import BLANK, Page, Piece, Row, row

CURSOR = "▏"
NAME, VALUE, DETAIL = 3, 13, 27  # columns
LEAST = 8
LOW = 11  # rows under which short lines share one
TABLE = ("sys", "dia", "hr", "spo2")
TABLE_AT, CELL = 13, 12
HINTS = {
    WHO: "a pseudonym, two identifiers checked", WEIGHT: "kg",
    DOSE: "mg, route, minutes: 36 iv 40, or 0.5/kg iv 40",
}  # fmt: skip


def setup(scene: Scene, panel: Setup, width: int, height: int) -> Page:
    """The page."""
    if panel.at == READ:
        return _read_back(scene, panel, width, height)
    if panel.at == CHECKLIST:
        return _checklist(scene, panel, width, height)
    said = _said(panel, width)
    lines = _lines(scene, panel, width, low=height < LOW)
    left = height - 1 - len(lines) - len(said)
    if left >= 6:
        table = limit_table(scene)
        lines, left = [*lines[:8], *table, *lines[8:]], left - len(table)
    items = _open(scene, width)
    gap = [BLANK] if left > len(items) else []
    if len(items) > left:
        more = f"{len(items) - max(0, left - 1)} more open"
        items = [*items[: left - 1], row(Piece(VALUE, more, "dim"))] if left > 0 else []
    count = len(scene.picture.setup.open)
    aside = f"{count} open" if count else "nothing open"
    return Page("SET UP", aside, rows=(*lines, *gap, *said, *items))


def _lines(scene: Scene, panel: Setup, width: int, *, low: bool) -> list[Row]:
    """The nine lines, the typed one open; on a low screen those that are short share a row."""
    lines = [_line(scene, i, width) for i in range(1, 10)]
    if panel.at in TYPED:
        at = TYPED.index(panel.at)
        shown = (panel.text + CURSOR)[-max(LEAST, width - VALUE - 3) :]
        lines[at] = row(
            Piece(0, str(at + 1), "bright", bold=True),
            Piece(NAME, panel.at, "bright", bold=True),
            Piece(VALUE, shown, "on-focus", bold=True, paper="focus"),
            Piece(VALUE + len(shown) + 2, HINTS[panel.at], "dim"),
        )
    if not low:
        return lines
    arms = [_beside(lines[i], i - 4, width // 3) for i in (4, 5, 6)]
    return [
        *lines[:4],
        Row(sum((one.pieces for one in arms), ()), keys=sum((one.keys for one in arms), ())),
        *lines[7:],
    ]


def _beside(line: Row, column: int, each: int) -> Row:
    """A line's digit, name and value in its part of a shared row."""
    digit, name, value = (piece.text for piece in line.pieces[:3])
    x = column * each
    told = (
        line.pieces[0]._replace(x=x), line.pieces[1]._replace(x=x + NAME),
        line.pieces[2]._replace(x=x + NAME + len(name) + 1, text=value.removesuffix(" arm")),
    )  # fmt: skip
    return Row(told, keys=((x, each, digit),))


def _line(scene: Scene, digit: int, width: int) -> Row:
    """One line: its digit, name, value, and what more is known of it."""
    picture = scene.picture
    view, placed, of = picture.setup, picture.placement, picture.limits
    per_kg = f"{view.dose_mg / view.weight_kg:.2f} mg/kg" if view.dose_mg and view.weight_kg else ""
    minutes = "" if view.minutes is None else f"{view.minutes:g} min"
    told: dict[int, tuple[str, str, str]] = {
        1: ("who", view.patient, f"identified by {view.identified_by}" if view.patient else ""),
        2: ("weight", f"{view.weight_kg:g} kg" if view.weight_kg else "", ""),
        3: ("dose", f"{view.dose_mg:g} mg {view.route}" if view.dose_mg else "",
            ", ".join(part for part in (per_kg, minutes) if part)),
        4: ("schedule", view.schedule, "min at baseline, dosing, recovery"),
        5: ("cuff", _arm(placed.cuff_arm if placed else None), device_words(scene, "cuff")),
        6: ("probe", _arm(placed.probe_arm if placed else None), device_words(scene, "oximeter")),
        7: ("line", _arm(placed.line_arm if placed else None), ""),
        8: ("limits", of.name or "none", approved(scene)),
        9: ("checks", _ticked(scene), ""),
    }  # fmt: skip
    name, value, detail = told[digit]
    detail_at = max(DETAIL, VALUE + len(value) + 2)
    if digit == 8:
        detail_at = VALUE + len(value) + 2
    needs = any(one.line == digit and one.needed for one in view.open)
    pieces = [
        Piece(0, str(digit), "bright", bold=True),
        Piece(NAME, name, "bright" if needs else "dim", bold=needs),
        Piece(VALUE, value or "–", "bright" if value else "dim", bold=bool(value)),
    ]
    if detail and detail_at + 8 < width:
        pieces.append(Piece(detail_at, detail, "text"))
    return Row(tuple(pieces), keys=((0, width, str(digit)),))


def _arm(where: str | None) -> str:
    return f"{where} arm" if where else ""


def device_words(scene: Scene, role: str) -> str:
    """The device that is bound to a role, and whether it gives what it should."""
    device = scene.picture.devices.get(role)
    if device is None:
        return f"no {role}: its values are typed"
    good = device.state == "streaming"
    values = ""
    if role == "oximeter" and good:
        spo2, hr = scene.show("spo2"), scene.show("hr")
        values = f"{spo2.figures} %, {hr.figures} /min"
    signal = signal_words(scene, device)
    told = (device.family, "" if values else state_words(scene, device), values, signal)
    return ", ".join(part for part in told if part)


def approved(scene: Scene) -> str:
    """Who approved the limits, in words."""
    by = scene.picture.limits.approved
    return f"approved {by}" if by else "not approved: for training"


def _ticked(scene: Scene) -> str:
    done = scene.picture.setup.done
    return f"{sum(check.id in done for check in CHECKS)} of {len(CHECKS)}"


def limit_table(scene: Scene) -> list[Row]:
    """The limits in two rows, rises over the baseline in a third."""
    found = {setting.key: setting.value for setting in scene.picture.limits.settings}

    def span(vital: str, level: str) -> str:
        low, high = found.get(f"{vital}.low.{level}"), found.get(f"{vital}.high.{level}")
        if low is not None and high is not None:
            return f"{low:g} – {high:g}"
        if low is not None:
            return f"≥ {low:g}"
        return setting_figure(high) if high is None else f"≤ {high:g}"

    rows = [_cells("", ("SYS", "DIA", "HR", "SpO2"), "dim")]
    rows += [_cells(level, tuple(span(v, level) for v in TABLE)) for level in ("medium", "high")]
    rise = tuple(
        "  ".join(
            f"+{found[key]:g}{unit}"
            for key, unit in ((f"{v}.rise_mmhg.medium", ""), (f"{v}.rise_pct.medium", " %"))
            if found.get(key) is not None
        )
        for v in TABLE
    )
    return [*rows, _cells("rise", rise)] if any(rise) else rows


def _cells(name: str, cells: tuple[str, ...], ink: str = "text") -> Row:
    told = [Piece(TABLE_AT + i * CELL, cell, ink) for i, cell in enumerate(cells)]
    return row(Piece(NAME, name, "dim"), *told)


def _open(scene: Scene, width: int) -> list[Row]:
    """What is open, that which dosing waits for first."""
    items = sorted(scene.picture.setup.open, key=lambda one: not one.needed)
    rows: list[Row] = []
    for item in items:
        ink = "bright" if item.needed else "text"
        for i, line in enumerate(wrap(item.text, max(LEAST, width - VALUE - 5))):
            pieces = [Piece(VALUE, "" if i else str(item.line), ink), Piece(VALUE + 2, line, ink)]
            rows.append(row(Piece(NAME, "" if rows else "open", "dim"), *pieces))
    return rows


def _checklist(scene: Scene, panel: Setup, width: int, height: int) -> Page:
    """What is ticked by digit; two beside each other on a low screen."""
    done = scene.picture.setup.done
    beside = 2 if height < LOW else 1
    each = (width - 2) // beside
    rows = []
    for first in range(0, len(CHECKS), beside):
        pieces, keys = [], []
        for i in range(first, min(first + beside, len(CHECKS))):
            x, ticked = (i - first) * each, CHECKS[i].id in done
            pieces += [
                Piece(x, str(i + 1), "bright", bold=True),
                Piece(x + NAME, "✓" if ticked else "open", "bright" if ticked else "text", ticked),
                Piece(x + 9, CHECKS[i].words, "text"),
            ]
            keys.append((x, each, str(i + 1)))
        rows.append(Row(tuple(pieces), keys=tuple(keys)))
    return Page("CHECKED BEFORE THE DOSE", _ticked(scene), rows=(*rows, *_said(panel, width)))


def _read_back(scene: Scene, panel: Setup, width: int, height: int) -> Page:
    """All that is read aloud, the limits in full."""
    view, placed = scene.picture.setup, scene.picture.placement
    who = [view.patient or "NOT IDENTIFIED"]
    who.append(f"{view.weight_kg:g} kg" if view.weight_kg else "no weight")
    dose = "no dose planned"
    if view.dose_mg:
        dose = f"{view.dose_mg:g} mg {view.route}"
        dose += "" if view.minutes is None else f", {view.minutes:g} min"
        dose += f", {view.dose_mg / view.weight_kg:.2f} mg/kg" if view.weight_kg else ""
    arms = (
        ", ".join(
            f"{what} {where or '?'}"
            for what, where in (
                ("cuff", placed.cuff_arm),
                ("probe", placed.probe_arm),
                ("line", placed.line_arm),
            )
        )
        if placed is not None
        else "not told"
    )
    clash = [one.text for one in view.open if one.line in (5, 6) and not one.needed]
    low = height < LOW
    if low:
        plan = dose.rpartition(", ")[0] if view.weight_kg and view.dose_mg else dose
        told = [("who", f"{', '.join(who)}, {plan}"), ("arms", arms + ("  CLASH" if clash else ""))]
        told.append(("limits", scene.picture.limits.name or "none"))
    else:
        told = [
            ("who", ", ".join(who)),
            ("dose", dose),
            ("arms", arms),
            ("schedule", view.schedule),
        ]
        told += [("limits", scene.picture.limits.name or "none"), ("", approved(scene))]
    rows = [
        row(Piece(NAME, name, "dim"), Piece(VALUE, value, "bright", bold=True))
        for name, value in told
    ]
    rows += limit_table(scene)
    foot = _said(panel, width)
    if not low:
        foot = foot or [row(Piece(NAME, "y: it was read aloud and is right", "text"))]
        foot = [row(Piece(NAME, line, "bright"))
                for text in clash for line in wrap(text, max(LEAST, width - 6))] + foot  # fmt: skip
    elif foot:
        rows = rows[: height - 1 - len(foot)]
    gap = [BLANK] if height > len(rows) + len(foot) + 2 else []
    return Page("READ BACK ALOUD", approved(scene) if low else "", rows=(*rows, *gap, *foot))


def _said(panel: Setup, width: int) -> list[Row]:
    said = "sending" if panel.sending else panel.said
    return [
        row(Piece(NAME, line, "bright", bold=True)) for line in wrap(said, max(LEAST, width - 6))
    ]
