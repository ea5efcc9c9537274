"""The palettes: colours by role. Alarm colours stand for alarms and for nothing else.

Contrast on the ground, checked by test: figures 6.5 and more, dim text 4.5 and more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ketamon.tui.canvas import Look, Means

DARK = {
    "ground": "#0b1016", "outside": "#121a23", "raised": "#18222d", "focus": "#33475b",
    "faint": "#2c3946", "limit": "#5a7085", "dim": "#90a0af", "text": "#b9c5d0",
    "bright": "#f4f7fa", "nibp": "#f4f7fa", "bar": "#8494a3", "hr": "#52d68c",
    "spo2": "#6aa9ff", "score": "#c4a7ff", "high": "#be1029", "high-ink": "#ff6b76",
    "med": "#f6c800", "med-ink": "#f6c800", "low": "#22d3e0", "low-ink": "#22d3e0",
    "live": "#e6ecf2", "sim": "#6f2bcb", "replay": "#1a54c4", "on-high": "#ffffff",
    "on-med": "#171300", "on-low": "#00181b", "on-live": "#0b1016", "on-sim": "#ffffff",
    "on-replay": "#ffffff", "on-focus": "#ffffff",
}  # fmt: skip
NIGHT = DARK | {
    "ground": "#060403", "outside": "#0c0806", "raised": "#150f0a", "focus": "#3a2916",
    "faint": "#2a1d12", "limit": "#60482e", "dim": "#96744a", "text": "#bd9060",
    "bright": "#dcae79", "nibp": "#cdbba3", "bar": "#75634d", "hr": "#67a878",
    "spo2": "#7397c9", "score": "#a08cad", "high": "#b81528", "high-ink": "#ff5f6b",
    "med": "#dcae00", "med-ink": "#dcae00", "low": "#16a9b5", "low-ink": "#16a9b5",
    "live": "#bd9060", "sim": "#48207c", "replay": "#173f87", "on-live": "#060403",
    "on-sim": "#cdbba3", "on-replay": "#cdbba3", "on-focus": "#e4c79d",
}  # fmt: skip
LIGHT = DARK | {
    "ground": "#f7f6f2", "outside": "#eceae3", "raised": "#e4e1d8", "focus": "#2f4356",
    "faint": "#c9c5ba", "limit": "#85827a", "dim": "#535c65", "text": "#2d363f",
    "bright": "#080c10", "nibp": "#080c10", "bar": "#77818b", "hr": "#06612d",
    "spo2": "#114a9e", "score": "#5a31a0", "high": "#b30c22", "high-ink": "#b30c20",
    "med": "#ffd21a", "med-ink": "#6b4a00", "low": "#3fd0dc", "low-ink": "#00606a",
    "live": "#1b242d", "on-live": "#ffffff",
}  # fmt: skip
CONTRAST = DARK | {
    "ground": "#000000", "outside": "#000000", "raised": "#1c1c1c", "focus": "#ffffff",
    "faint": "#8a8a8a", "limit": "#a8a8a8", "dim": "#d0d0d0", "text": "#ffffff",
    "bright": "#ffffff", "nibp": "#ffffff", "bar": "#d0d0d0", "hr": "#3dff8b",
    "spo2": "#8cc2ff", "score": "#e0ccff", "high": "#c00014", "high-ink": "#ff7a84",
    "med": "#ffe000", "med-ink": "#ffe000", "low": "#00f0ff", "low-ink": "#00f0ff",
    "live": "#ffffff", "on-med": "#000000", "on-low": "#000000", "on-live": "#000000",
    "on-focus": "#000000",
}  # fmt: skip
ANSI16 = {  # numbers of the terminal's own sixteen colours
    "ground": 0, "outside": 0, "raised": 0, "focus": 7, "faint": 8, "limit": 8, "dim": 7,
    "text": 7, "bright": 15, "nibp": 15, "bar": 7, "hr": 10, "spo2": 12, "score": 13,
    "high": 1, "high-ink": 9, "med": 11, "med-ink": 11, "low": 6, "low-ink": 14, "live": 15,
    "sim": 5, "replay": 4, "on-high": 15, "on-med": 0, "on-low": 0, "on-live": 0, "on-sim": 15,
    "on-replay": 15, "on-focus": 0,
}  # fmt: skip

ALARM_ROLES = frozenset({"high", "high-ink", "med", "med-ink", "low", "low-ink"})
_REVERSED = frozenset({*ALARM_ROLES, "live", "sim", "replay", "focus", "nibp", "bar", "dim"})
"""Papers that are reverse video where there is no colour."""

Colour = str | int  # `#rrggbb`, or the number of one of the terminal's sixteen


@dataclass(frozen=True, slots=True)
class Paint:
    """A look with its colours: what a terminal is told."""

    front: Colour | None
    back: Colour | None
    bold: bool
    reverse: bool


@dataclass(frozen=True, slots=True)
class Theme:
    """A palette, and what it changes in the drawing; without `roles` there is no colour."""

    name: str
    roles: Mapping[str, Colour] | None
    fills: bool = True
    marker: bool = False

    def paint(self, look: Look) -> Paint:
        """Turns names into colours; without colour fills are reverse video and weight is bold."""
        if self.roles is None:
            return Paint(None, None, look.bold, look.paper in _REVERSED)
        return Paint(self.roles[look.ink], self.roles[look.paper], look.bold, reverse=False)

    def means(self, *, ascii_only: bool = False) -> Means:
        """What this theme changes in the drawing."""
        return Means(self.fills, self.marker, ascii_only)


THEMES = {
    theme.name: theme
    for theme in (
        Theme("dark", DARK),
        Theme("night", NIGHT, fills=False),
        Theme("light", LIGHT, marker=True),
        Theme("contrast", CONTRAST),
        Theme("ansi16", ANSI16),
        Theme("nocolor", None),
    )
}
CYCLE = ("dark", "night", "light", "contrast")
"""The themes that `n` goes through where the terminal has the colours for them."""


def cycle_for(colours: str | None, *, no_color: bool) -> tuple[str, ...]:
    """Themes that a terminal can show; `colours` is Rich's name of its colour system."""
    if no_color or colours is None:
        return ("nocolor",)
    return ("ansi16", "nocolor") if colours in ("standard", "windows") else CYCLE


def contrast(front: str, back: str) -> float:
    """Contrast of two `#rrggbb` colours as WCAG 2 counts it: 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (
            p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(front), luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
