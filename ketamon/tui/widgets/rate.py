"""The tile of one number, HR or SpO2, with its facts beside it."""

from ketamon.tui.canvas import Canvas, fit
from ketamon.tui.figures import GLYPHS, span
from ketamon.tui.scene import Scene, ink, mark
from ketamon.tui.shown import Shown, exact, whole
from ketamon.tui.widgets.tile import (
    bar,
    change,
    corridor,
    fills,
    flood,
    label_row,
    marked,
    number,
    number_ink,
)

FACTS_FROM = 40  # columns from which the facts stand beside large figures, each with its name
NAMES = {"hr": "HR /min", "spo2": "SpO2 %"}
_SIGNAL = {
    "sensor_off": "probe off", "sensor_disconnected": "unplugged", "sensor_fault": "probe fault",
    "invalid": "none", "searching": "searching", "low_perfusion": "weak", "low_signal": "weak",
    "motion": "motion", "body_movement": "motion", "interference": "disturbed",
    "questionable": "poor", "low_battery": "battery low",
}  # fmt: skip


def rate(
    c: Canvas, scene: Scene, vital: str, x: int, y: int, width: int, size: int, *, height: int = 0
) -> None:
    """Draws the tile with its top left at (x, y); `height` is what a fill and the bar take."""
    shown, condition = scene.show(vital), scene.of(vital)
    height = height or size + 1
    label_row(c, x, y, width, NAMES[vital], vital, condition, shown)
    bar(c, x, y, height, condition)
    light = marked(c, condition) and shown.value is not None
    shade = number_ink(shown, condition, vital, light=light)
    number(c, x + 1, y + 1, size, f"{shown.figures:>3}", shade, condition, marker=light)
    end = x + 1 + span(3, size)
    if shown.mark == "?" and shown.value is not None:
        c.block(end + 1, y + 1, GLYPHS[size]["?"], shade)
    if size >= 5 and width >= FACTS_FROM:
        _facts(c, end + 4, y + 1, x + width - 1, size, facts(scene, vital, shown, tall=size == 7))
    else:
        _few(c, scene, vital, end + 4, y + 1, shown)
    if fills(c, condition):
        flood(c, x, y, width, height)


Fact = tuple[str, str, str]


def facts(scene: Scene, vital: str, shown: Shown, *, tall: bool) -> list[Fact]:
    """Name, value and ink of what is known of the number."""
    view, condition = shown.view, scene.of(vital)
    medium = corridor(view, "medium")
    lines: list[Fact] = [("limits" if "–" in medium else "limit", medium, "")]
    high = corridor(view, "high")
    if tall and high not in ("OFF", medium):
        lines.append(("HIGH", high, ""))
    if view and view.baseline is not None:
        lines.append(("base", exact(view.baseline), ""))
    if shown.value is None and shown.last is not None:
        sign = f" {mark(condition)}" if condition else ""
        lines.append(
            (
                "last",
                whole(shown.last) + sign,
                "bright" if not condition else f"{ink(condition, 'text')}",
            )
        )
    elif change(shown):
        lines.append(("Δ", change(shown), "bright"))
    words = next((_SIGNAL[s] for s in shown.status if s in _SIGNAL), "")
    if words:
        lines.append(("signal", words, "bright"))
    return lines


def _facts(c: Canvas, x: int, y: int, end: int, size: int, lines: list[Fact]) -> None:
    lines = lines[:size]
    top = y + (size - len(lines)) // 2
    for row, (name, value, shade) in enumerate(lines):
        c.put(x, top + row, name, "dim")
        c.put(x + 8, top + row, fit(value, end - x - 8), shade or "text")


def _few(c: Canvas, scene: Scene, vital: str, x: int, y: int, shown: Shown) -> None:
    """Where there is less room: change or last value, then the limits."""
    if shown.value is None and shown.last is not None:
        c.put(x, y, f"last {whole(shown.last)}", "text")
    elif change(shown):
        c.put(x, y, f"Δ {change(shown)}", ink(scene.of(vital), "bright"))
    c.put(x, y + 1, corridor(shown.view), "dim")
