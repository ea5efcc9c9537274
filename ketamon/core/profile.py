"""The limits profile: what a clinician set, checked before it counts (DESIGN 6).

`parse_profile` takes the TOML file as nested dicts; nothing that is unknown, crossed or impossible
gets through, and the error names file, key and reason in one sentence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from ketamon.vitals import VITALS, Number, Vital
from ketamon_drivers.readings import printable

LEVELS: tuple[tuple[str, str], ...] = (
    ("medium", "medium"),
    ("high", "high"),
    ("high_now", "high"),
)
"""Level and the priority it gives, mildest first."""

RISE_KEYS = {
    "sys": ("rise_mmhg", "rise_pct", "only_above"),
    "dia": ("rise_mmhg", "rise_pct", "only_above"),
    "map": ("rise_mmhg", "rise_pct", "only_above"),
    "hr": ("rise_pct", "only_above"),
}
"""Vitals that the baseline holds, and so may have rise limits."""

SCHEDULED_PHASES = ("baseline", "dosing", "recovery")
AUDIO_PAUSE_MAX_S = 180
DELAY_MAX_S = 600
RISE_MAX = 200
QUOTED_AT_MOST = 80  # characters of a key or a value that an error quotes


class ProfileError(ValueError):
    """A limits profile that can't be used; the message names file, key and reason."""


@dataclass(frozen=True, slots=True)
class Level:
    """One level of one side: absolute limit, rises over the baseline, delay."""

    name: str
    priority: str
    limit: Number | None = None
    rise_mmhg: Number | None = None
    rise_pct: Number | None = None
    delay_ms: int = 0


@dataclass(frozen=True, slots=True)
class VitalLimits:
    """The levels of one vital, mildest first; an empty side is OFF."""

    high: tuple[Level, ...] = ()
    low: tuple[Level, ...] = ()
    only_above: Number | None = None
    clear_margin: Number = 0


@dataclass(frozen=True, slots=True)
class Profile:
    """A checked profile. `raw` is what was given, without defaults."""

    name: str = ""
    version: int = 1
    vitals: Mapping[str, VitalLimits] = field(default_factory=dict)
    schedule: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    overdue_low_ms: int = 120_000
    overdue_medium_ms: int = 300_000
    audio_pause_ms: int = 120_000
    realarm_ms: int = 180_000
    realarm_again_ms: int = 600_000
    escalate_ms: int = 120_000
    clear_for_ms: int = 5_000
    reannounce_mmhg: Number = 15
    raw: Mapping[str, Any] = field(default_factory=dict)


OFF = Profile()
"""No limits at all: what is in force before a profile is."""

ALARM_DEFAULTS: dict[str, Number] = {
    "audio_pause_s": 120,
    "realarm_s": 180,
    "realarm_again_s": 600,
    "escalate_s": 120,
    "clear_for_s": 5,
    "reannounce_mmhg": 15,
}
CLEAR_MARGIN_DEFAULTS: dict[str, Number] = {"hr": 2, "spo2": 1}
"""Where the profile names no margins at all; where it names some, the others are 0."""
OVERDUE_DEFAULTS: dict[str, Number] = {"low": 2, "medium": 5}


def parse_profile(raw: Mapping[str, Any], where: str = "the limits profile") -> Profile:
    """Checks a profile and gives it; raises ProfileError with one sentence."""
    return _Parser(where).profile(raw)


def refusal(raw: Mapping[str, Any]) -> str | None:
    """Says why a profile can't come into force, as `hr.high.medium: 9 is outside …`; None if it can."""
    try:
        _Parser().profile(raw)
    except ProfileError as error:
        return str(error)
    return None


class _Parser:
    """Walks the nested dicts, knowing the file's name for its errors."""

    def __init__(self, where: str = "") -> None:
        self.where = f"{where}: " if where else ""

    def fail(self, key: str, reason: str) -> ProfileError:
        return ProfileError(f"{self.where}{printable(key)[:QUOTED_AT_MOST]}: {reason}")

    def table(
        self,
        value: object,
        key: str,
        allowed: tuple[str, ...],
        example: str = "it as in `ketamon limits check -h`",
    ) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise self.fail(key, f"is not a table; write {example}")
        for name in value:
            if name not in allowed:
                near = get_close_matches(str(name), allowed, 1, 0.6)
                hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(allowed)}"
                raise self.fail(f"{key}.{name}" if key else str(name), f"unknown key; {hint}")
        return value

    def number(self, value: object, key: str, lowest: Number, highest: Number, unit: str) -> Number:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fail(key, f"{quoted(value)} is not a number")
        if not lowest <= value <= highest:
            span = f"{lowest:g}–{highest:g}{' ' + unit if unit else ''}"
            raise self.fail(key, f"{figure(value)} is outside {span}")
        return value

    def profile(self, raw: Mapping[str, Any]) -> Profile:
        tables = self.table(raw, "", ("profile", *VITALS, "cuff", "alarm"))
        about = self.table(tables.get("profile", {}), "profile", ("name", "version"))
        name, version = about.get("name", ""), about.get("version", 1)
        if not isinstance(name, str):
            raise self.fail("profile.name", f"{quoted(name)} is not a text")
        if isinstance(version, bool) or not isinstance(version, int) or version < 1:
            raise self.fail("profile.version", f"{quoted(version)} is not a whole number from 1 up")
        alarm = self.table(tables.get("alarm", {}), "alarm", (*ALARM_DEFAULTS, "clear_margin"))
        margins = self.margins(alarm.get("clear_margin", CLEAR_MARGIN_DEFAULTS))
        times = self.alarm_times(alarm)
        schedule, overdue = self.cuff(tables.get("cuff", {}))
        vitals = {
            vital: self.vital(VITALS[vital], tables[vital], margins.get(vital, 0))
            for vital in VITALS
            if vital in tables
        }
        return Profile(
            name,
            version,
            vitals,
            schedule,
            overdue["low"],
            overdue["medium"],
            **times,
            reannounce_mmhg=self.number(
                alarm.get("reannounce_mmhg", ALARM_DEFAULTS["reannounce_mmhg"]),
                "alarm.reannounce_mmhg",
                1,
                100,
                "mmHg",
            ),
            raw=raw,
        )

    def alarm_times(self, alarm: Mapping[str, Any]) -> dict[str, int]:
        bounds = {
            "audio_pause_s": (1, AUDIO_PAUSE_MAX_S),
            "realarm_s": (10, 3600),
            "realarm_again_s": (10, 7200),
            "escalate_s": (10, 3600),
            "clear_for_s": (0, 120),
        }
        return {
            key.removesuffix("_s") + "_ms": milliseconds(
                self.number(alarm.get(key, ALARM_DEFAULTS[key]), f"alarm.{key}", *span, "s")
            )
            for key, span in bounds.items()
        }

    def margins(self, value: object) -> dict[str, Number]:
        continuous = tuple(v.name for v in VITALS.values() if not v.episodic)
        given = self.table(
            value, "alarm.clear_margin", continuous, "it as clear_margin = { hr = 2 }"
        )
        return {
            vital: self.number(margin, f"alarm.clear_margin.{vital}", 0, 20, VITALS[vital].unit)
            for vital, margin in given.items()
        }

    def vital(self, vital: Vital, value: object, margin: Number) -> VitalLimits:
        allowed = (*vital.directions, *RISE_KEYS.get(vital.name, ()))
        if not vital.episodic:
            allowed = (*allowed, "delay_s")
        if isinstance(value, Mapping) and "high" in value and "high" not in vital.directions:
            raise self.fail(f"{vital.name}.high", f"{vital.label} has no high limit; take it out")
        if isinstance(value, Mapping) and "delay_s" in value and vital.episodic:
            raise self.fail(
                f"{vital.name}.delay_s",
                f"{vital.label} comes one by one and has no delay; take it out",
            )
        given = self.table(value, vital.name, allowed)
        delays = self.levels(given, vital, "delay_s", 0, DELAY_MAX_S, "s")
        rises = {
            key: self.levels(given, vital, key, 1, RISE_MAX, "mmHg" if key == "rise_mmhg" else "%")
            for key in ("rise_mmhg", "rise_pct")
        }
        absolute = {
            side: self.levels(given, vital, side, *vital.limit_range, vital.unit)
            for side in ("high", "low")
        }
        self.in_order(vital, absolute, rises)
        only_above = given.get("only_above")
        if only_above is not None:
            self.number(only_above, f"{vital.name}.only_above", *vital.limit_range, vital.unit)
        sides = {
            side: tuple(
                Level(
                    name,
                    priority,
                    absolute[side].get(name),
                    rises["rise_mmhg"].get(name) if side == "high" else None,
                    rises["rise_pct"].get(name) if side == "high" else None,
                    milliseconds(delays.get(name, 0)),
                )
                for name, priority in LEVELS
                if name in absolute[side]
                or (side == "high" and any(name in rise for rise in rises.values()))
            )
            for side in ("high", "low")
        }
        return VitalLimits(sides["high"], sides["low"], only_above, margin)

    def levels(
        self,
        given: Mapping[str, Any],
        vital: Vital,
        key: str,
        lowest: Number,
        highest: Number,
        unit: str,
    ) -> dict[str, Number]:
        """Reads `key = { medium = …, high = … }`; only SpO2's low side knows `high_now`."""
        names: tuple[str, ...] = ("medium", "high")
        if vital.name == "spo2" and key in ("low", "delay_s"):
            names = (*names, "high_now")
        path = f"{vital.name}.{key}"
        value = given.get(key, {})
        limit = figure(value) if isinstance(value, int | float) else "…"
        table = self.table(value, path, names, f"it as {key} = {{ medium = {limit} }}")
        return {
            name: self.number(table[name], f"{path}.{name}", lowest, highest, unit)
            for name in names
            if name in table
        }

    def in_order(
        self,
        vital: Vital,
        absolute: Mapping[str, Mapping[str, Number]],
        rises: Mapping[str, Mapping[str, Number]],
    ) -> None:
        """Refuses what is crossed: medium beyond high on a side, or a low side reaching a high one."""
        ordered = [("high", absolute["high"], 1), ("low", absolute["low"], -1)]
        ordered += [(key, rise, 1) for key, rise in rises.items()]
        for key, side, sign in ordered:
            names = [name for name, _ in LEVELS if name in side]
            for mild, worse in pairwise(names):
                if side[mild] * sign > side[worse] * sign:
                    raise self.fail(
                        f"{vital.name}.{key}",
                        f"{mild} {side[mild]:g} lies beyond {worse} {side[worse]:g}; swap them",
                    )
        if absolute["high"] and absolute["low"]:
            low, high = max(absolute["low"].values()), min(absolute["high"].values())
            if low >= high:
                raise self.fail(
                    vital.name, f"low {low:g} is not below high {high:g}; they are crossed"
                )

    def cuff(self, value: object) -> tuple[dict[str, Mapping[str, Any]], dict[str, int]]:
        given = self.table(value, "cuff", ("schedule", "overdue_min"))
        overdue = self.table(
            given.get("overdue_min", {}),
            "cuff.overdue_min",
            ("low", "medium"),
            "it as overdue_min = { low = 2, medium = 5 }",
        )
        minutes = {
            name: self.number(
                overdue.get(name, OVERDUE_DEFAULTS[name]), f"cuff.overdue_min.{name}", 0, 120, "min"
            )
            for name in ("low", "medium")
        }
        if minutes["low"] > minutes["medium"]:
            raise self.fail("cuff.overdue_min", "low lies beyond medium; swap them")
        phases = self.table(given.get("schedule", {}), "cuff.schedule", SCHEDULED_PHASES)
        schedule = {phase: self.phase(phases[phase], f"cuff.schedule.{phase}") for phase in phases}
        return schedule, {name: milliseconds(m * 60) for name, m in minutes.items()}

    def phase(self, value: object, path: str) -> Mapping[str, Any]:
        """An interval with perhaps a denser beginning, or minutes counted from an event."""
        given = self.table(value, path, ("interval_min", "first", "at_min", "from", "restart_on"))
        if ("interval_min" in given) == ("at_min" in given):
            raise self.fail(path, "give either interval_min or at_min")
        if "at_min" in given:
            if "first" in given:
                raise self.fail(f"{path}.first", "goes with interval_min, not with at_min")
            minutes = given["at_min"]
            if not isinstance(minutes, list) or not minutes:
                raise self.fail(f"{path}.at_min", "is not a list of minutes")
            for minute in minutes:
                self.number(minute, f"{path}.at_min", 0, 720, "min")
            if sorted(set(minutes)) != minutes:
                raise self.fail(f"{path}.at_min", "minutes do not rise; put them in order")
            for key in ("from", "restart_on"):
                if not isinstance(given.get(key, "dose"), str):
                    raise self.fail(
                        f"{path}.{key}", f"{quoted(given[key])} is not the name of an event"
                    )
            return given
        for key in ("from", "restart_on"):
            if key in given:
                raise self.fail(f"{path}.{key}", "goes with at_min, not with interval_min")
        self.number(given["interval_min"], f"{path}.interval_min", 1, 120, "min")
        if "first" in given:
            first = self.table(given["first"], f"{path}.first", ("minutes", "interval_min"))
            for key in ("minutes", "interval_min"):
                if key not in first:
                    raise self.fail(f"{path}.first", f"{key} is missing")
                self.number(first[key], f"{path}.first.{key}", 1, 240, "min")
        return given


def quoted(value: object) -> str:
    """A value as an error quotes it: short, and never the inside of a list or a table."""
    match value:
        case bool() | str():
            return repr(value if isinstance(value, bool) else value[:QUOTED_AT_MOST])
        case int() | float():
            return figure(value)
        case Mapping():
            return "a table"
        case list() | tuple():
            return "a list"
    return printable(str(value))[:QUOTED_AT_MOST]


def figure(value: Number) -> str:
    """A number as an error quotes it."""
    try:
        return f"{value:g}"
    except OverflowError:
        return "a number of hundreds of digits"


def milliseconds(seconds: Number) -> int:
    """Seconds as whole milliseconds."""
    return round(seconds * 1000)
