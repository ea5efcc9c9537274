"""Reads recordings by itself: CSV in long and wide form, and NDJSON, as lists of entries.

What the design leaves open and is assumed here: the first row is t = 0; of one time the limits
come first, then pressure, oximetry, heart rate, breathing; an oximeter's cadence is the median
interval of SPO2 (of PULSE where there is no SPO2), over all rows that aren't empty; times that go
back are clamped, but make no reading together with the rows of that time; of limits that cross,
the first that doesn't cross the old one counts; limits told again, or refused, are no entry.
"""

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.oracle.limits_oracle import median

Entry = dict[str, Any]
Cell = tuple[str, str, str]  # channel, value, unit
Row = list[Cell]
KPA = Fraction("7.500617")
LIMIT_RANGES = {"sys": (60, 260), "hr": (25, 240), "spo2": (50, 100)}
FIELDS = {
    "SYS": ("blood_pressure", "systolic"),
    "DIA": ("blood_pressure", "diastolic"),
    "MAP": ("blood_pressure", "mean"),
    "SPO2": ("oximetry", "spo2"),
    "PULSE": ("oximetry", "pulse_rate"),
    "HR": ("heart_rate", "heart_rate"),
    "RR": ("respiration", "rr"),
}
DEVICES = {
    "blood_pressure": "cuff",
    "oximetry": "oximeter",
    "heart_rate": "strap",
    "respiration": "monitor",
}
CADENCE = {"oximeter": ("SPO2", "PULSE"), "strap": ("HR",), "monitor": ("RR",)}


class OtherTableError(ValueError):
    """A file that is no recording of these forms."""


def read(file: Path) -> list[Entry]:
    """The entries of a recording; devices with their cadence stand first."""
    if file.suffix == ".ndjson":
        return [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = [name.strip().upper() for name in rows[0]] if rows else []
    if columns[:3] == ["TIME", "CHANNEL", "VALUE"]:
        timed = [(row["time"], list(_long(row))) for row in rows]
    elif columns[:1] == ["TIME"] and set(columns[1:]) <= set(FIELDS):
        timed = [(row["time"], list(_wide(row))) for row in rows]
    else:
        raise OtherTableError(f"{file.name}: {columns}")
    return _entries(timed)


def _long(row: dict[str, str]) -> Iterator[Cell]:
    value = row["value"].strip()
    if value:
        marked = row.get("error", "0").strip() not in {"", "0"}
        unit = row.get("unit", "").strip()
        yield row["channel"].strip().upper(), "error" if marked else value, unit


def _wide(row: dict[str, str]) -> Iterator[Cell]:
    for channel, value in row.items():
        if channel != "time" and value.strip():
            yield channel.strip().upper(), value.strip(), ""


def _entries(timed: list[tuple[str, Row]]) -> list[Entry]:
    """Groups the rows of one time and orders what each group holds."""
    groups: list[tuple[str, float, list[Row]]] = []
    for stamp, row in timed:
        t = (datetime.fromisoformat(stamp) - datetime.fromisoformat(timed[0][0])).total_seconds()
        if not groups or groups[-1][0] != stamp:
            t = max(t, groups[-1][1]) if groups else t  # times that go back are clamped
            groups.append((stamp, t, []))
        groups[-1][2].append(row)
    profile: Entry = {}
    found: list[Entry] = []
    times: dict[str, list[Fraction]] = {}
    for _, t, rows in groups:
        cells = [cell for row in rows for cell in row]
        limits = _limits(profile, cells)
        if limits is not None and limits != profile:
            profile = limits
            found.append({"t": t, "kind": "limits", "profile": profile})
        found += _readings(t, rows)
        for channel, _, _ in cells:
            times.setdefault(channel, []).append(Fraction(str(t)))
    return [*_devices(times), *found]


def _devices(times: dict[str, list[Fraction]]) -> list[Entry]:
    """Each device's cadence: the median interval of its channel, SPO2 before PULSE."""
    found: list[Entry] = []
    for device, channels in CADENCE.items():
        medians = [
            median([later - earlier for earlier, later in pairwise(times[channel])])
            for channel in channels
            if len(times.get(channel, ())) > 1
        ]
        if medians:
            entry = {"t": 0, "kind": "device", "device": device, "cadence_s": float(medians[0])}
            found.append(entry)
    return found


def _number(cell: Cell) -> float | None:
    """The number in a cell, in mmHg where it is a pressure; None where there is none."""
    try:
        value = Fraction(cell[1])
    except ValueError:
        return None
    if cell[2].lower() == "kpa":
        value = round(value * KPA, 1)
    return float(value)


def _kind(cell: Cell) -> str:
    return FIELDS.get(cell[0], ("", ""))[0]


def _readings(t: float, rows: list[Row]) -> list[Entry]:
    """One reading a device, more where a channel comes twice; 0 is off, or a failed measurement."""
    found: list[Entry] = []
    for kind, device in DEVICES.items():
        mine: list[Entry] = []
        for row in rows:
            values = {FIELDS[c[0]][1]: _number(c) or None for c in row if _kind(c) == kind}
            if values and (not mine or values.keys() & mine[-1].keys()):
                mine.append({"t": t, "kind": kind, "device": device})
            if values:
                mine[-1].update(values)
                if any(_kind(c) == kind and c[2].lower() == "kpa" for c in row):
                    mine[-1]["original_unit"] = "kPa"  # a field like all others
        for entry in mine:
            pair = [entry.get(field, 1) for field in ("systolic", "diastolic")]
            if kind == "blood_pressure" and None in pair:
                entry["status"] = ["invalid"]
        found += mine
    return found


def _limits(old: Entry, cells: list[Cell]) -> Entry | None:
    """The limits after this group, or None where it holds none; bad ones leave the old."""
    told: dict[str, dict[str, float]] = {}
    for cell in cells:
        channel = cell[0]
        if channel.startswith("LIMIT."):
            vital, _, side = channel.removeprefix("LIMIT.").lower().partition("_")
            value = _number(cell)
            low, high = LIMIT_RANGES.get(vital, (-1e9, 1e9))
            if value is not None and low <= value <= high and (vital, side) != ("spo2", "hi"):
                told.setdefault(vital, {})["high" if side == "hi" else "low"] = value
    if not told:
        return None
    new = dict(old)
    for vital, sides in told.items():
        if not _set(new, vital, sides):  # they cross: the first of them that doesn't alone
            for side, value in sides.items():
                _set(new, vital, {side: value})
    return new


def _set(profile: Entry, vital: str, sides: dict[str, float]) -> bool:
    """Sets these limits together, unless they then cross."""
    both = {**profile.get(vital, {}), **{side: {"medium": v} for side, v in sides.items()}}
    if len(both) == 2 and both["low"]["medium"] >= both["high"]["medium"]:
        return False
    profile[vital] = both
    return True
