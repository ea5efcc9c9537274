"""Reads recordings by itself: CSV in long and wide form, and NDJSON, as lists of entries.

What the design leaves open and is assumed here: the first row is t = 0; of one time the limits
come first, then pressure, oximetry, heart rate, breathing; a device's cadence is the median
interval between its readings; a cell without a number is a value that was not given.
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
        timed = [(row["time"], cell) for row in rows for cell in _long(row)]
    elif columns[:1] == ["TIME"] and set(columns[1:]) <= set(FIELDS):
        timed = [(row["time"], cell) for row in rows for cell in _wide(row)]
    else:
        raise OtherTableError(f"{file.name}: {columns}")
    return _entries(timed)


def _long(row: dict[str, str]) -> Iterator[Cell]:
    if row.get("error", "0").strip() in {"", "0"}:
        yield row["channel"].strip().upper(), row["value"].strip(), row.get("unit", "").strip()


def _wide(row: dict[str, str]) -> Iterator[Cell]:
    for channel, value in row.items():
        if channel != "time" and value.strip():
            yield channel.strip().upper(), value.strip(), ""


def _entries(timed: list[tuple[str, Cell]]) -> list[Entry]:
    """Groups the cells of one time and orders what each group holds."""
    groups: list[tuple[int, dict[str, Cell]]] = []
    start: datetime | None = None
    for stamp, cell in timed:
        moment = datetime.fromisoformat(stamp)
        start = start or moment
        t = round((moment - start).total_seconds() * 1000)
        newest = groups[-1] if groups else None
        if newest is not None:
            t = max(t, newest[0])  # times that go back are clamped
        if newest is None or newest[0] != t or cell[0] in newest[1]:
            groups.append((t, {}))
        groups[-1][1][cell[0]] = cell
    profile: Entry = {}
    found: list[Entry] = []
    for t, cells in groups:
        limits = _limits(profile, cells)
        if limits is not None:
            profile = limits
            found.append({"t": t / 1000, "kind": "limits", "profile": profile})
        found += _readings(t / 1000, cells)
    return [*_devices(found), *found]


def _devices(entries: list[Entry]) -> list[Entry]:
    """Each device's cadence: the median interval of its readings."""
    found: list[Entry] = []
    for kind, device in DEVICES.items():
        times = [Fraction(str(entry["t"])) for entry in entries if entry["kind"] == kind]
        gaps = [later - earlier for earlier, later in pairwise(times)]
        if gaps and kind != "blood_pressure":
            cadence = float(median(gaps))
            found.append({"t": 0, "kind": "device", "device": device, "cadence_s": cadence})
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


def _readings(t: float, cells: dict[str, Cell]) -> list[Entry]:
    """One reading a device; 0 is a sensor that is off, or a measurement that failed."""
    found: list[Entry] = []
    for kind, device in DEVICES.items():
        mine = {
            field: cells[channel] for channel, (of, field) in FIELDS.items() if of == kind
            and channel in cells
        }  # fmt: skip
        if not mine:
            continue
        values = {field: _number(cell) or None for field, cell in mine.items()}
        entry: Entry = {"t": t, "kind": kind, "device": device, **values}
        if kind == "blood_pressure":
            if any(values.get(field, 1) is None for field in ("systolic", "diastolic")):
                entry["status"] = ["invalid"]
        elif None in values.values():
            entry["note"] = "off"
        found.append(entry)
    return found


def _limits(old: Entry, cells: dict[str, Cell]) -> Entry | None:
    """The limits after this group, or None where it holds none; bad ones leave the old."""
    told: dict[str, dict[str, float]] = {}
    for channel, cell in cells.items():
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
        both = {**old.get(vital, {}), **{side: {"medium": v} for side, v in sides.items()}}
        crossed = len(both) == 2 and both["low"]["medium"] >= both["high"]["medium"]
        if not crossed:
            new[vital] = both
    return new
