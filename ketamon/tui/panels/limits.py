"""The limits as a table, and new ones: old → new, why, `y`; checked by the engine at each step.

Opened while an alarm stands it lies at that alarm's limit with the next round number beyond the
worst value: a digit for the reason and `y` are all that is left to press.
"""

import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from ketamon.feed.alarm_views import SettingView
from ketamon.feed.messages import Answer
from ketamon.feed.settings import setting_figure, setting_words
from ketamon.tui.abilities import changes_limits
from ketamon.tui.desk import Desk, open_panel
from ketamon.tui.keys import Key
from ketamon.tui.panels.reasons import BACK, DIGITS, OWN, SPACE, YES, Reasoned
from ketamon.tui.scene import Scene
from ketamon.vitals import CONDITIONS, VITALS, Number

STEP = {"sys": 5, "dia": 5, "map": 5, "hr": 5, "spo2": 1, "rr": 1, "moaas": 1}
SPO2_ASKED_PCT = 85  # a limit below it is asked about
BACK_REASON = "back to the profile"
UP = Key(("up",), "", "", "", "previous", footer=False)
DOWN = Key(("down",), "↑↓", "choose", "", "next")
SCROLL = (SPACE, UP, DOWN, BACK)


@dataclass(frozen=True)
class Limits(Reasoned):
    """`new`: what is to be changed, not yet sent; `at`: the chosen one of `settings`.

    `may`: this viewer changes limits; else they are only shown.
    """

    REASONS: ClassVar[tuple[str, ...]] = (
        "physician's order", "usual for this patient", "expected with this dose",
        "patient well and watched",
    )  # fmt: skip
    KEYS: ClassVar[tuple[Key, ...]] = (
        SPACE, YES, DIGITS, OWN, UP, DOWN,
        Key(("tab",), "tab", "level", "", "next_field"),
        Key(("left",), "", "", "", "step_back", footer=False),
        Key(("right",), "←→", "change", "", "step_on"),
        Key(("backspace", "delete"), "del", "OFF", "", "erase"),
        Key(("r",), "r", "profile", "", "to_profile"),
        BACK,
    )  # fmt: skip

    settings: tuple[SettingView, ...] = ()
    at: str = ""
    new: tuple[tuple[str, Number | None], ...] = ()
    may: bool = False
    asked: bool = False

    @property
    def keys(self) -> tuple[Key, ...]:
        """Who may only look only scrolls; while nothing is changed there is nothing to confirm."""
        if not self.may:
            return SCROLL
        if not self.new and not self.writing:
            return tuple(key for key in self.KEYS if key not in (YES, DIGITS, OWN))
        return super().keys

    def value(self, key: str) -> Number | None:
        """What a limit would be."""
        return dict(self.new)[key] if key in dict(self.new) else self._setting(key).value

    def _setting(self, key: str) -> SettingView:
        return next((s for s in self.settings if s.key == key), SettingView(key))

    def rows(self) -> list[tuple[str, str]]:
        """Vital and side of each row."""
        return list(
            dict.fromkeys((s.key.split(".")[0], s.key.split(".")[1]) for s in self.settings)
        )

    def levels(self, row: tuple[str, str]) -> list[str]:
        """The settings of a row, mildest first."""
        return [s.key for s in self.settings if s.key.startswith(".".join(row) + ".")]

    def move(self, action: str, desk: Desk) -> None:
        """Chooses a limit or changes it."""
        if not self.at:
            return
        match action:
            case "next" | "previous" | "next_field":
                open_panel(desk, self._moved(action))
            case "step_on" | "step_back":
                self._try(desk, self.at, self._stepped(1 if action == "step_on" else -1))
            case "erase":
                self._try(desk, self.at, None)
            case "to_profile":
                back = tuple((s.key, s.first) for s in self.settings if s.is_changed)
                said = "" if back else "all limits are those of the profile"
                open_panel(desk, self.saying(said, new=back, reason=BACK_REASON if back else ""))

    def act(self, action: str, name: str, desk: Desk) -> None:
        """As all that ask for a reason; what is dangerous is asked about once more."""
        question = self.question()
        if action == "yes" and question and self.reason and not self.asked:
            open_panel(desk, self.saying(question, asked=True))
        else:
            super().act(action, name, desk)

    def question(self) -> str:
        """What is asked before it is sent; empty where nothing is dangerous."""
        for key, value in self.new:
            if value is None and key.endswith((".high", ".high_now")):
                return f"{setting_words(key)} would be OFF: y again if it is so"
            if value is not None and key.startswith("spo2.") and value < SPO2_ASKED_PCT:
                return f"{setting_words(key)} would be {value:g}: y again if it is so"
        return ""

    def _moved(self, action: str) -> "Limits":
        rows = self.rows()
        vital, side, level = self.at.split(".")
        row = rows.index((vital, side))
        if action == "next_field":
            keys = self.levels(rows[row])
            return replace(self, at=keys[(keys.index(self.at) + 1) % len(keys)], said="")
        keys = self.levels(rows[(row + (1 if action == "next" else -1)) % len(rows)])
        return replace(
            self, at=next((k for k in keys if k.endswith("." + level)), keys[0]), said=""
        )

    def _stepped(self, direction: int) -> Number:
        """The next round number on that side; of one that is OFF, where it was, or begins."""
        vital, side, _ = self.at.split(".")
        value, step = self.value(self.at), STEP.get(vital, 1) if "pct" not in side else 5
        if value is None:
            first = self._setting(self.at).first
            near = next((self.value(k) for k in self.levels((vital, side)) if self.value(k)), None)
            low, high = VITALS[vital].limit_range
            middle = 30 if side.startswith("rise") else (low + high) // 2 // step * step
            return first if first is not None else near if near is not None else middle
        whole = math.floor(value / step) if direction > 0 else math.ceil(value / step)
        return (whole + direction) * step

    def _try(self, desk: Desk, key: str, value: Number | None) -> None:
        """Puts a number in place and asks the engine whether it can be."""
        new = {**dict(self.new), key: value}
        if value == self._setting(key).value:
            del new[key]
        changed = self.saying("", new=tuple(new.items()), asked=False)
        open_panel(desk, changed)
        check(desk, changed)

    def command(self) -> tuple[str, dict[str, Any]] | str:
        """The changes, all at once."""
        if not self.new:
            return "nothing is changed yet"
        seen = {key: self._setting(key).value for key, _ in self.new}
        return "limits", {"changes": dict(self.new), "was": seen}

    def done(self) -> str:
        """What was changed."""
        return "limits: " + "; ".join(change_words(self, key) for key, _ in self.new)


def change_words(panel: Limits, key: str) -> str:
    """`SYS high, medium: 160 → 175`."""
    old, new = panel._setting(key).value, panel.value(key)
    return f"{setting_words(key)}: {setting_figure(old)} → {setting_figure(new)}"


def check(desk: Desk, panel: Limits) -> None:
    """Has the engine try what the panel would change; says why it can't be, if so."""
    if not panel.new:
        return

    def answered(answer: Answer | None) -> None:
        now = desk.choices.panel
        same = isinstance(now, Limits) and now.new == panel.new and not now.sending
        if same and answer is not None and not answer.ok:
            assert isinstance(now, Limits)
            open_panel(desk, now.saying(answer.reason or "refused"))

    desk.send("limits", answered, changes=dict(panel.new), check=True)


def opened(scene: Scene) -> Limits:
    """The panel for this moment: at the worst alarm's limit, with a proposal."""
    settings, may = scene.picture.limits.settings, changes_limits(scene.picture)
    at = next((s.key for s in settings if s.value is not None), settings[0].key if settings else "")
    panel = Limits(settings=settings, at=at, may=may)
    found = next((c for c in scene.physiological if c.limit is not None), None)
    if found is None or not settings:
        return panel
    new = proposed(scene, panel, found.condition)
    if not new:
        return panel
    return replace(panel, at=next(iter(new)), new=tuple(new.items()) if may else ())


def proposed(scene: Scene, panel: Limits, condition: str) -> dict[str, Number | None]:
    """What lets this alarm end: each limit of its level moved beyond the worst value.

    No milder level goes beyond the worse one: what is still beyond that stays an alarm.
    """
    known, stands = CONDITIONS[condition], scene.picture.conditions[condition]
    vital, side = known.vital, known.direction
    values = [v for v in (stands.value, stands.worst) if v is not None]
    if not values:
        return {}
    high, step = side == "high", STEP.get(vital, 1)
    limit = (math.floor(max(values) / step) + 1) * step if high else (
        math.ceil(min(values) / step) - 1) * step  # fmt: skip
    view = scene.picture.vitals.get(vital)
    levels = (view.high if high else view.low) if view is not None else ()
    level = next((v.level for v in reversed(levels) if v.limit == stands.limit), stands.priority)
    base = view.baseline if view is not None else None
    new: dict[str, Number | None] = {}
    wanted = [(f"{vital}.{side}", float(limit))]
    if high and base:
        wanted += [(f"{vital}.rise_mmhg", math.ceil(limit - base)),
                   (f"{vital}.rise_pct", math.ceil((limit - base) / base * 100))]  # fmt: skip
    for path, number in wanted:
        to = number
        old, worse = panel.value(f"{path}.{level}"), panel.value(f"{path}.high")
        if level == "medium" and worse is not None:
            to = min(number, worse) if high else max(number, worse)
        if old is not None and (to > old if high else to < old):
            new[f"{path}.{level}"] = int(to) if to == int(to) else to
    return new
