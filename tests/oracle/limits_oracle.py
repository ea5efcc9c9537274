"""What a limits profile means, worked out in exact fractions, one question at a time."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from math import ceil
from typing import Any, NamedTuple

VITALS = ("sys", "dia", "map", "hr", "spo2", "rr", "moaas")
CONDITIONS = (
    "sys_high", "sys_low", "dia_high", "dia_low", "map_high", "map_low", "hr_high", "hr_low",
    "spo2_low", "rr_high", "rr_low", "moaas_low",
)  # fmt: skip
LEVELS = ("medium", "high", "high_now")  # from the mildest to the worst
ALWAYS_EPISODIC = frozenset({"sys", "dia", "map", "moaas"})
PRESSURES = frozenset({"sys", "dia", "map"})
RANK = {None: 0, "medium": 1, "high": 2}

PLAUSIBLE = {
    "sys": (30, 300),
    "dia": (15, 300),
    "map": (15, 300),
    "hr": (20, 300),
    "spo2": (40, 100),
    "rr": (1, 80),
    "moaas": (0, 5),
}

ALARM_SECONDS = {
    "realarm_s": 180,
    "realarm_again_s": 600,
    "escalate_s": 120,
    "clear_for_s": 5,
}


class Limit(NamedTuple):
    """One level's limit as it stands now."""

    number: Fraction
    basis: str


@cache
def exact(number: float | str) -> Fraction:
    """The number as it is written, with no binary rounding."""
    return Fraction(str(number))


@cache
def milliseconds(seconds: float | Fraction) -> int:
    """The first whole millisecond at which that many seconds have passed."""
    return ceil((seconds if isinstance(seconds, Fraction) else exact(seconds)) * 1000)


def plausible(vital: str, value: Any) -> Fraction | None:
    """The value as a fraction where a patient can have it, else None."""
    if value is None or isinstance(value, bool):
        return None
    number = exact(value)
    low, high = PLAUSIBLE[vital]
    return number if low <= number <= high else None


def priority_of(levels: set[str]) -> str | None:
    """The priority of the worst of these levels."""
    if levels & {"high", "high_now"}:
        return "high"
    return "medium" if levels else None


def worst_of(levels: set[str]) -> str | None:
    """The worst of these levels."""
    return max(levels, key=LEVELS.index) if levels else None


class Profile:
    """A parsed TOML profile, asked for what it says."""

    def __init__(self, raw: Mapping[str, Any] | None = None) -> None:
        """Keeps the profile as it was given; none at all has no limit."""
        self.raw: Mapping[str, Any] = raw or {}

    def limits(self, vital: str, side: str, baseline: Mapping[str, Fraction]) -> dict[str, Limit]:
        """Every level that has a limit on this side, with its effective number and basis."""
        part = self.raw.get(vital, {})
        found: dict[str, Limit] = {}
        for level in LEVELS:
            candidates: list[Limit] = []
            if level in part.get(side, {}):
                candidates.append(Limit(exact(part[side][level]), "absolute"))
            if side == "high" and vital in baseline:
                base = baseline[vital]
                rises: list[Fraction] = []
                if level in part.get("rise_mmhg", {}):
                    rises.append(base + exact(part["rise_mmhg"][level]))
                if level in part.get("rise_pct", {}):
                    rises.append(base * (1 + exact(part["rise_pct"][level]) / 100))
                if "only_above" in part:
                    rises = [max(rise, exact(part["only_above"])) for rise in rises]
                candidates += [Limit(rise, "baseline") for rise in rises]
            if candidates:  # the lowest; on a tie the absolute one, which stands first
                found[level] = min(candidates, key=lambda limit: limit.number)
        return found

    def delay_ms(self, vital: str, level: str) -> int:
        """How long a level of a continuous vital must be violated."""
        return milliseconds(self.raw.get(vital, {}).get("delay_s", {}).get(level, 0))

    def margin(self, vital: str) -> Fraction:
        """How far inside its limit a value must lie to end a level."""
        margins = self._alarm.get("clear_margin", {"hr": 2, "spo2": 1})
        return exact(margins.get(vital, 0))

    def alarm_ms(self, key: str) -> int:
        """One of the four times of `[alarm]`."""
        return milliseconds(self._alarm.get(key, ALARM_SECONDS[key]))

    def reannounce(self) -> Fraction:
        """By how much a pressure must be worse than the acknowledged one."""
        return exact(self._alarm.get("reannounce_mmhg", 15))

    def durations(self) -> set[int]:
        """Every span after which something can fall due."""
        spans = {self.alarm_ms(key) for key in ALARM_SECONDS}
        for vital in VITALS:
            for seconds in self.raw.get(vital, {}).get("delay_s", {}).values():
                spans.add(milliseconds(seconds))
        return spans

    @property
    def _alarm(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.raw.get("alarm", {})
        return found


def violates(side: str, value: Fraction, limit: Fraction) -> bool:
    """True strictly beyond the limit."""
    return value > limit if side == "high" else value < limit


def inside(side: str, value: Fraction, limit: Fraction, margin: Fraction) -> bool:
    """True at the limit less its margin, or further inside."""
    return value <= limit - margin if side == "high" else value >= limit + margin


def worse(side: str, one: Fraction, other: Fraction) -> Fraction:
    """By how much `one` is worse than `other`."""
    return one - other if side == "high" else other - one


def median(values: list[Fraction]) -> Fraction:
    """The middle value, or the mean of the two in the middle."""
    ranked = sorted(values)
    middle = len(ranked) // 2
    return ranked[middle] if len(ranked) % 2 else (ranked[middle - 1] + ranked[middle]) / 2
