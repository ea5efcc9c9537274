"""What an importer found wrong, counted: reason, how often, and where first.

Nothing is dropped for it: the value stays in the record, and the summary says how many and why.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from msgspec import UnsetType

from ketamon.core.plausible import implausible
from ketamon.core.profile import refusal
from ketamon.entries import Device, Entry, Limits
from ketamon.ledger.importers.marks import failed
from ketamon.vitals import VITALS, Number
from ketamon_drivers.readings import BloodPressure, HeartRate, Manual, Oximetry, Respiration

LONG_GAP_MS = 3_600_000
REASON_AT_MOST = 200  # characters of a refusal that quotes the file
CADENCE_S = (0, 1e9)  # beyond these, and at them, the core keeps the cadence that it has


@dataclass(frozen=True, slots=True)
class Flag:
    """One reason, how often it was met, and the line of the file where it was met first."""

    reason: str
    count: int
    first_line: int | None = None

    def __str__(self) -> str:
        where = f" (first in line {self.first_line})" if self.first_line else ""
        return f"{self.count} × {self.reason}{where}"


@dataclass(slots=True)
class Flags:
    """Counts reasons in the order in which they were first met."""

    counts: dict[str, int] = field(default_factory=dict)
    first_lines: dict[str, int | None] = field(default_factory=dict)

    def add(self, reason: str, line: int | None = None) -> None:
        """Counts one more."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        self.first_lines.setdefault(reason, line)

    def all(self) -> tuple[Flag, ...]:
        """Gives the counted flags."""
        return tuple(Flag(r, count, self.first_lines[r]) for r, count in self.counts.items())


def values_of(entry: Entry) -> Iterable[tuple[str, Number | UnsetType | None]]:
    """The vitals that a reading gives, by name."""
    match entry.body:
        case BloodPressure() as r:
            return (
                ("sys", r.systolic_mmhg),
                ("dia", r.diastolic_mmhg),
                ("map", r.mean_mmhg),
                ("hr", r.pulse_rate_per_min),
            )
        case Oximetry() as r:
            return (("spo2", r.spo2_pct), ("hr", r.pulse_rate_per_min))
        case HeartRate() as r:
            return (("hr", r.heart_rate_per_min),)
        case Respiration() as r:
            return (("rr", r.rr_per_min),)
        case Manual() as r:
            return (
                ("sys", r.systolic_mmhg),
                ("dia", r.diastolic_mmhg),
                ("hr", r.pulse_rate_per_min),
                ("spo2", r.spo2_pct),
                ("rr", r.rr_per_min),
                ("moaas", r.moaas),
            )
    return ()


def flag_entry(flags: Flags, entry: Entry, line: int | None) -> None:
    """Counts what in any entry can't be right: values, refused limits, a cadence that is none."""
    match entry.body:
        case Limits(profile=profile):
            reason = refusal(profile)
            if reason is not None:
                shown = reason[:REASON_AT_MOST]
                flags.add(f"limits refused: {shown}: the old ones stay", line)
        case Device(cadence_s=float() | int() as cadence):
            if not CADENCE_S[0] < cadence < CADENCE_S[1]:
                flags.add("cadence_s that is no interval: refused, the old one stays", line)
        case _:
            flag_reading(flags, entry, line)


def flag_reading(flags: Flags, entry: Entry, line: int | None) -> None:
    """Counts what in a reading can't be right or is missing its other half."""
    given = {v: value for v, value in values_of(entry) if isinstance(value, int | float)}
    for vital, value in given.items():
        if implausible(vital, value):
            flags.add(_reason(vital, value), line)
    failure = failed(entry)
    if failure is not None:
        reason = failure.counted()
        if reason is not None:
            flags.add(reason, line)
    systolic, diastolic = given.get("sys"), given.get("dia")
    if systolic is not None and diastolic is not None:
        if systolic <= diastolic:
            flags.add("SYS not above DIA: kept, not judged", line)
    elif failure is not None:
        return
    elif systolic is not None:
        flags.add("SYS without DIA: judged alone", line)
    elif diastolic is not None:
        flags.add("DIA without SYS: judged alone", line)


def _reason(vital: str, value: Number) -> str:
    facts = VITALS[vital]
    if value == 0:
        return f"{facts.label} 0 means no value: kept, not judged"
    span = f"{facts.lowest:g}–{facts.highest:g} {facts.unit}".rstrip()
    return f"{facts.label} outside {span}: kept, not judged"


def flag_gaps(flags: Flags, entries: Iterable[Entry]) -> None:
    """Counts the hours for which nothing was measured."""
    before: int | None = None
    for entry in entries:
        if not entry.is_reading:
            continue
        if before is not None and entry.t_ms - before > LONG_GAP_MS:
            flags.add("gap of over an hour without a reading")
        before = entry.t_ms
