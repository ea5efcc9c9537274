"""Rows of named channels turned into entries: what the CSV forms share.

| channel | unit | goes to | device |
|---|---|---|---|
| SYS, DIA, MAP, CUFF_PULSE | mmHg, kPa, /min | `blood_pressure` | cuff |
| SPO2, PULSE, PI | %, /min, % | `oximetry` | oximeter |
| HR | /min | `heart_rate` | strap |
| RR | /min | `respiration` | monitor |
| TYPED.SYS, DIA, PULSE, SPO2, RR, MOAAS, MEASURED_T | as above, s | `manual` | person |
| LIMIT.X_HI, LIMIT.X_LO | as X | `limits`: X's high or low, medium | |

Rows of one time form one reading a device, after the limits of that time. 0 means that a sensor
was off: the value is null and the 0 stays in the line as `raw`. A pressure with one impossible
number failed as a whole: all that it gave stays in the line (`marks`). A time that goes back counts
as the newest time before it.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import msgspec

from ketamon.core.profile import ProfileError, parse_profile
from ketamon.entries import Device, Entry, Limits, Mode, Session, make
from ketamon.ledger.importers.flags import Flags, flag_reading
from ketamon.ledger.importers.marks import FAILING, SHOWN_AT_MOST, marked
from ketamon.ledger.importers.whole import assert_runs_forwards
from ketamon.vitals import VITALS, Number
from ketamon_drivers.readings import (
    BloodPressure,
    HeartRate,
    Manual,
    Oximetry,
    Reading,
    Respiration,
    printable,
)

PER_MINUTE = ("/min", "bpm", "1/min", "")
MMHG = ("mmhg", "kpa", "")
MMHG_PER_KPA = 7.500617
LONGEST_MS = 1_000_000_000_000  # an entry's line holds no later time


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a column's values go, and in which units they may come (lower case, "" is none given)."""

    name: str
    device: str
    units: tuple[str, ...]


CHANNELS: dict[str, Channel] = {
    channel.name: channel
    for channel in (
        Channel("SYS", "cuff", MMHG),
        Channel("DIA", "cuff", MMHG),
        Channel("MAP", "cuff", MMHG),
        Channel("SPO2", "oximeter", ("%", "")),
        Channel("PULSE", "oximeter", PER_MINUTE),
        Channel("HR", "strap", PER_MINUTE),
        Channel("RR", "monitor", PER_MINUTE),
        Channel("CUFF_PULSE", "cuff", PER_MINUTE),
        Channel("PI", "oximeter", ("%", "")),
        Channel("TYPED.SYS", "person", MMHG),
        Channel("TYPED.DIA", "person", MMHG),
        Channel("TYPED.PULSE", "person", PER_MINUTE),
        Channel("TYPED.SPO2", "person", ("%", "")),
        Channel("TYPED.RR", "person", PER_MINUTE),
        Channel("TYPED.MOAAS", "person", ("",)),
        Channel("TYPED.MEASURED_T", "person", ("s", "")),
    )
}
DEVICES = ("cuff", "oximeter", "strap", "monitor")
CADENCE_OF = {"oximeter": ("SPO2", "PULSE"), "strap": ("HR",), "monitor": ("RR",)}
"""The channel whose median interval is its device's cadence: the first one that is there."""
TYPED = {
    "TYPED.SYS": "systolic", "TYPED.DIA": "diastolic",
    "TYPED.PULSE": "pulse_rate", "TYPED.SPO2": "spo2", "TYPED.RR": "rr",
    "TYPED.MOAAS": "moaas", "TYPED.MEASURED_T": "measured_t",
}  # fmt: skip
"""Channels of what a person typed, and the reading's fields in JSON."""
LIMIT_VITALS = {"HR": "hr", "SPO2": "spo2", "SYS": "sys", "DIA": "dia", "MAP": "map", "RR": "rr"}
SIDES = {"HI": "high", "LO": "low"}


@dataclass(frozen=True, slots=True)
class Plain:
    """What needs no second look: a value in a vital's range, in our unit or none."""

    lowest: Number
    highest: Number
    units: frozenset[str]


PLAIN = {
    name: Plain(VITALS[vital].lowest, VITALS[vital].highest, frozenset({"", unit}))
    for name, vital, unit in (
        ("SYS", "sys", "mmHg"),
        ("DIA", "dia", "mmHg"),
        ("MAP", "map", "mmHg"),
        ("CUFF_PULSE", "hr", "/min"),
        ("SPO2", "spo2", "%"),
        ("PULSE", "hr", "/min"),
        ("HR", "hr", "/min"),
        ("RR", "rr", "/min"),
    )
}


class Sample(NamedTuple):
    """One value of one channel; `raw` is what stood there when the value can't be used, `why` why."""

    line: int
    time_ms: int
    channel: str
    value: Number | None
    raw: Number | str | None = None
    unit: str = ""
    why: str = ""

    def given(self) -> Number | str | None:
        """What stood there, with its unit where that is another than the reading's."""
        there = self.raw if self.value is None else self.value
        own = CHANNELS[self.channel].units if self.unit.lower() != "kpa" else ()
        if there is None or self.unit.lower() in own:
            return there
        return printable(f"{there} {self.unit}")[:SHOWN_AT_MOST]


@dataclass(slots=True)
class Rows:
    """The entries of a recording, built from samples in file order."""

    family: str
    flags: Flags
    mode: Mode = "REPLAY"
    entries: list[Entry] = field(default_factory=list)
    times: dict[str, list[int]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    profile: dict[str, dict[str, dict[str, Number]]] = field(default_factory=dict)

    def build(self, samples: Iterable[Sample], started: str | None) -> tuple[Entry, ...]:
        """Gives all entries: session, devices with their cadence, then limits and readings."""
        for t_ms, group in self._groups(samples):
            limits: list[Sample] = []
            measured: dict[str, list[Sample]] = {}
            for sample in group:
                channel = CHANNELS.get(sample.channel)
                if channel is None:
                    limits.append(sample)
                elif sample.value is not None or sample.raw is not None:  # no empty cell
                    measured.setdefault(channel.device, []).append(sample)
            if limits:
                self._limits(t_ms, [s for s in limits if s.channel.startswith("LIMIT.")])
            for device in (*DEVICES, "person"):
                if device in measured:
                    self._readings(t_ms, device, measured[device])
        head = [make(0, 0, Session(mode=self.mode, started=started)), *self._devices()]
        return (*head, *self.entries)

    def _groups(self, samples: Iterable[Sample]) -> Iterator[tuple[int, list[Sample]]]:
        """Samples of one time, with that time since the start, never decreasing."""
        group: list[Sample] = []
        start = newest = 0
        last: int | None = None
        for sample in samples:
            if self.counts and sample.time_ms - start >= LONGEST_MS:
                self.flags.add("time over 30 years after the first: left out", sample.line)
                continue
            last = sample.time_ms
            if group and sample.time_ms != group[0].time_ms:
                yield newest - start, group
                group = []
            if not group:
                if not self.counts:
                    start = newest = sample.time_ms
                if sample.time_ms < newest:
                    self.flags.add("time that goes back: set to the time before it", sample.line)
                newest = max(newest, sample.time_ms)
            group.append(sample)
            self.counts[sample.channel] = self.counts.get(sample.channel, 0) + 1
            if sample.value is not None or sample.raw is not None:
                self.times.setdefault(sample.channel, []).append(newest)
        assert_runs_forwards(start, last)
        if group:
            yield newest - start, group

    def _devices(self) -> Iterator[Entry]:
        used = {CHANNELS[channel].device for channel in self.counts if channel in CHANNELS}
        for device in DEVICES:
            if device in used:
                cadence = self._cadence_s(device)
                yield make(0, 0, Device(family=self.family, cadence_s=cadence), device)

    def _cadence_s(self, device: str) -> Number | None:
        """Median interval of the device's channel; None for a cuff and for a single value."""
        for channel in CADENCE_OF.get(device, ()):
            times = self.times.get(channel, [])
            if len(times) > 1:
                interval = median(b - a for a, b in pairwise(times)) / 1000
                return whole(interval) if interval > 0 else None
        return None

    # -- readings -------------------------------------------------------------------------------

    def _readings(self, t_ms: int, device: str, samples: list[Sample]) -> None:
        """One reading of the device; a channel that comes twice begins another."""
        together: dict[str, Sample] = {}
        for sample in samples:
            if sample.channel in together:
                self.flags.add("second value of a channel at one time", sample.line)
                self._reading(t_ms, device, together)
                together = {}
            together[sample.channel] = sample
        if together:
            self._reading(t_ms, device, together)

    def _is_plain(self, samples: dict[str, Sample]) -> bool:
        """True for a reading that nothing can be said of: the short way of almost all."""
        for channel, sample in samples.items():
            plain = PLAIN.get(channel)
            if plain is None or sample.value is None or sample.unit not in plain.units:
                return False
            if not plain.lowest <= sample.value <= plain.highest:
                return False
        systolic, diastolic = samples.get("SYS"), samples.get("DIA")
        if systolic is None and diastolic is None:
            return True
        return (
            systolic is not None
            and diastolic is not None
            and (systolic.value or 0) > (diastolic.value or 0)
        )

    def _reading(self, t_ms: int, device: str, samples: dict[str, Sample]) -> None:
        values: dict[str, Number | None] = {}
        if self._is_plain(samples):
            values = {channel: sample.value for channel, sample in samples.items()}
            body = _body(device, values, failed=False, off=False, kpa=False)
            self.entries.append(make(0, t_ms, body, device))
            return
        wrong: dict[str, str] = {}
        for channel, sample in samples.items():
            values[channel], why = self._value(sample)
            if why is not None:
                wrong[channel] = f"{channel} {why}"
        failed = not FAILING.isdisjoint(wrong)  # one impossible number: no measurement at all
        units = {s.unit.lower() for s in samples.values()}
        body = _body(device, values, failed=failed, off=bool(wrong), kpa="kpa" in units)
        given = {channel: sample.given() for channel, sample in samples.items()}
        raw = {c: v for c, v in given.items() if v is not None and (failed or c in wrong)}
        causes = ", ".join(wrong[channel] for channel in wrong if channel in FAILING)
        entry = marked(make(0, t_ms, body, device), raw, causes if failed else None)
        flag_reading(self.flags, entry, min(s.line for s in samples.values()))
        self.entries.append(entry)

    def _value(self, sample: Sample) -> tuple[Number | None, str | None]:
        """The value as it may count, and where there is none in spite of a cell, why."""
        channel, value = CHANNELS[sample.channel], sample.value
        if value is None:
            return None, None if sample.raw is None else sample.why
        if sample.unit.lower() not in channel.units:
            self.flags.add(f"{channel.name} in a unit that is not known: not judged", sample.line)
            return None, "in a unit that is not known"
        if value == 0 and channel.device != "person":
            self.flags.add(f"{channel.name} 0: the sensor was off", sample.line)
            return None, "0"
        return _in_own_unit(value, sample.unit), None

    # -- limits ---------------------------------------------------------------------------------

    def _limits(self, t_ms: int, samples: list[Sample]) -> None:
        """Sets what was changed; an impossible limit is counted and the old one stays."""
        wanted: dict[str, dict[str, tuple[Number, int]]] = {}
        for sample in samples:
            name, _, side = sample.channel.removeprefix("LIMIT.").rpartition("_")
            vital = LIMIT_VITALS.get(name)
            if vital is None or side not in SIDES:
                shown = printable(sample.channel)[:SHOWN_AT_MOST]
                self.flags.add(f"{shown}: a limit that is not known", sample.line)
            elif SIDES[side] not in VITALS[vital].directions:
                self.flags.add(f"{sample.channel}: {name} has no such limit", sample.line)
            elif (limit := self._limit(name, vital, SIDES[side], sample)) is not None:
                wanted.setdefault(vital, {})[SIDES[side]] = limit, sample.line
        before = msgspec.json.encode(self.profile)
        for vital, sides in wanted.items():
            if not self._set(vital, sides):
                for side, one in sides.items():
                    if not self._set(vital, {side: one}):
                        self.flags.add("limits crossed: the old limit stays", one[1])
        if msgspec.json.encode(self.profile) != before:
            profile = {vital: dict(sides) for vital, sides in self.profile.items()}
            self.entries.append(make(0, t_ms, Limits(profile=profile)))

    def _limit(self, channel: str, vital: str, side: str, sample: Sample) -> Number | None:
        """The limit in the vital's own unit; None where the old one stays."""
        if sample.value is None:
            if sample.raw is not None:
                self.flags.add(f"limit {sample.why}: the old one stays", sample.line)
            return None
        if sample.unit.lower() not in CHANNELS[channel].units:
            self.flags.add(
                f"{VITALS[vital].label} limit in a unit that is not known: the old one stays",
                sample.line,
            )
            return None
        limit = _in_own_unit(sample.value, sample.unit)
        try:
            parse_profile({vital: {side: {"medium": limit}}})
        except ProfileError:
            label, span = VITALS[vital].label, VITALS[vital].limit_range
            self.flags.add(
                f"{label} limit outside {span[0]:g}–{span[1]:g}: the old one stays", sample.line
            )
            return None
        return limit

    def _set(self, vital: str, sides: dict[str, tuple[Number, int]]) -> bool:
        """Takes the new limits of one vital if they aren't crossed."""
        new = {side: {"medium": limit} for side, (limit, _) in sides.items()}
        given = {**self.profile.get(vital, {}), **new}
        try:
            parse_profile({vital: given})
        except ProfileError:
            return False
        self.profile[vital] = given
        return True


def _in_own_unit(value: Number, unit: str) -> Number:
    """A pressure in mmHg, all else as it is."""
    return whole(round(value * MMHG_PER_KPA, 1)) if unit.lower() == "kpa" else value


def _body(
    device: str, values: dict[str, Number | None], *, failed: bool, off: bool, kpa: bool
) -> Reading:
    if device == "cuff":
        if failed:
            return BloodPressure(status=("invalid",))
        pressures = values.get("SYS"), values.get("DIA"), values.get("MAP")
        return BloodPressure(*pressures, "kPa" if kpa else "mmHg", values.get("CUFF_PULSE"))
    if device == "oximeter":
        off = off and all(value is None for value in values.values())
        status = ("sensor_off",) if off else ()
        return Oximetry(values.get("SPO2"), values.get("PULSE"), values.get("PI"), status=status)
    if device == "person":
        typed = {TYPED[channel]: value for channel, value in values.items()}
        return msgspec.convert({"kind": "manual", **typed}, Manual)
    if device == "strap":
        return HeartRate(values.get("HR"))
    return Respiration(values.get("RR"))


def number(text: str) -> Number | None:
    """Reads a finite number, an integer where it is whole; None where it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return whole(value) if math.isfinite(value) else None


def whole(value: float) -> Number:
    """Writes 99.0 as 99 and leaves 62.8 as it is."""
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else value


def time_ms(text: str) -> int | None:
    """Reads an ISO time or a number of seconds as milliseconds; None where it is neither."""
    seconds = number(text)
    if seconds is not None:
        return round(seconds * 1000) if abs(seconds) < 1e9 else None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    since = moment.replace(tzinfo=None) - (moment.utcoffset() or moment - moment) - _ZERO
    return (since.days * 86_400 + since.seconds) * 1000 + round(since.microseconds / 1000)


_ZERO = datetime(1, 1, 1)  # noqa: DTZ001 - only differences count
