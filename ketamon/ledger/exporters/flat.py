"""A reading as cells of named channels: what CSV and `.vital` can hold of it, and what not.

The channels are those of `importers.channels`, so that what is written reads back as the same
reading. What has no place is counted, for the summary.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from msgspec import UNSET

from ketamon.core.plausible import UNCOUNTED
from ketamon.entries import Entry, Limits
from ketamon.ledger.importers.channels import CHANNELS, LIMIT_VITALS, SIDES
from ketamon.ledger.importers.csv_table import ERROR
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.importers.track_names import EXPECTED_UNIT
from ketamon.vitals import VITALS, Number

FIELDS: dict[str, dict[str, str]] = {
    "blood_pressure": {
        "SYS": "systolic", "DIA": "diastolic", "MAP": "mean", "CUFF_PULSE": "pulse_rate",
    },
    "oximetry": {"SPO2": "spo2", "PULSE": "pulse_rate", "PI": "perfusion_index"},
    "heart_rate": {"HR": "heart_rate"},
    "respiration": {"RR": "rr"},
    "manual": {
        "TYPED.SYS": "systolic", "TYPED.DIA": "diastolic", "TYPED.PULSE": "pulse_rate",
        "TYPED.SPO2": "spo2", "TYPED.RR": "rr", "TYPED.MOAAS": "moaas",
        "TYPED.MEASURED_T": "measured_t",
    },
}  # fmt: skip
"""Each reading's channels, and their fields in JSON."""
NO_LOSS = {"session", "device", "end"}
_ALWAYS = {"kind", "status", "original_unit"}
_OFF = "sensor_off"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one channel; an error is kept but may not be judged."""

    channel: str
    value: Number | str
    error: bool = False

    @property
    def unit(self) -> str:
        """The unit that the value is in."""
        return EXPECTED_UNIT.get(self.channel, "s" if self.channel == "TYPED.MEASURED_T" else "")


class _Marks(msgspec.Struct):
    raw: dict[str, Number | str] = {}
    not_judged: str = ""


_decode_marks = msgspec.json.Decoder(_Marks).decode


def cells_of(entry: Entry, losses: Flags) -> list[Cell]:
    """Gives a reading's cells; none for what has no values, which is counted."""
    fields = FIELDS.get(entry.kind)
    if fields is None:
        if entry.kind not in NO_LOSS:
            losses.add(f"{entry.kind} left out")
        return []
    body: dict[str, object] = msgspec.to_builtins(entry.body)
    status = tuple(getattr(entry.body, "status", ()))
    marks = _marks(entry)
    stale = bool(UNCOUNTED.intersection(status)) and not marks.raw
    cells = {
        channel: Cell(channel, value, error=stale)
        for channel, name in fields.items()
        if isinstance(value := body.get(name), int | float)
    }
    for channel, raw in marks.raw.items():
        if channel in fields:
            cells[channel] = Cell(channel, raw, error=_is_error(channel, raw, marks))
    if not cells and _OFF in status and entry.kind == "oximetry":
        cells["SPO2"] = Cell("SPO2", 0)
    if not cells:
        losses.add(f"{entry.kind} without a value left out")
        return []
    _count_losses(entry, body, status, losses)
    return [cells[channel] for channel in fields if channel in cells]


def _marks(entry: Entry) -> _Marks:
    """What the line keeps beside the reading: what stood in a recording and is not judged."""
    if b'"raw":' not in entry.line:
        return _Marks()
    try:
        return _decode_marks(entry.line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _Marks()


def _is_error(channel: str, raw: Number | str, marks: _Marks) -> bool:
    """True for a number that read back without a word would be judged."""
    if isinstance(raw, str) or raw == 0:
        return False
    return f"{channel} {ERROR}" in marks.not_judged if marks.not_judged else True


def _count_losses(
    entry: Entry, body: Mapping[str, object], status: tuple[str, ...], losses: Flags
) -> None:
    fields = FIELDS[entry.kind]
    if entry.device != CHANNELS[next(iter(fields))].device:
        losses.add(f"{entry.kind}: another device in its place")
    if body.get("original_unit") == "kPa":
        losses.add("pressure first given in kPa: in mmHg")
    for word in status:
        if word not in (_OFF, "invalid"):
            losses.add(f"status {word} left out")
    for name, value in body.items():
        if (
            name not in _ALWAYS
            and name not in fields.values()
            and value not in (None, [], (), UNSET)
        ):
            losses.add(f"{entry.kind}: {name} left out")


def limit_cells(entry: Entry, before: dict[str, Number], losses: Flags) -> list[Cell]:
    """Gives the medium limits that changed, as `LIMIT.SYS_HI`; `before` is what stands, and kept."""
    if not isinstance(entry.body, Limits):
        return []
    profile, now, more = entry.body.profile, {}, False
    for name, vital in LIMIT_VITALS.items():
        table = profile.get(vital, {})
        for side, key in SIDES.items():
            levels = table.get(key, {}) if isinstance(table, Mapping) else {}
            medium = levels.get("medium") if isinstance(levels, Mapping) else None
            if isinstance(medium, int | float) and key in VITALS[vital].directions:
                now[f"LIMIT.{name}_{side}"] = medium
            more |= isinstance(levels, Mapping) and bool(levels.keys() - {"medium"})
        more |= isinstance(table, Mapping) and bool(table.keys() - SIDES.values())
    more |= bool(profile.keys() - LIMIT_VITALS.values())
    if more:
        losses.add("limits: only the medium ones written")
    for gone in before.keys() - now.keys():
        losses.add(f"{gone} taken away: the old one stays")
    changed = [Cell(name, value) for name, value in now.items() if before.get(name) != value]
    before.update(now)
    return changed


def limit_unit(channel: str) -> str:
    """The unit of a limit's channel."""
    return EXPECTED_UNIT.get(channel.removeprefix("LIMIT.").rpartition("_")[0], "")
