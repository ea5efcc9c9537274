"""Which column of a table is what: given as `time=Time,sys=SBP`, or known from the table's kind.

A column is meant by its name, in large or small letters, or as `#3`; a unit may stand behind it in
brackets: `time=offset[min],sys=SBP[kPa]`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ketamon.ledger.importers.clock_times import MS_IN, UNIT_WORDS
from ketamon.ledger.importers.track_names import chosen, plain, split_unit
from ketamon_drivers.readings import printable

TIME, DATE = "time", "date"
CHANNEL_OF = {
    "sys": "SYS", "dia": "DIA", "map": "MAP", "cuff_pulse": "CUFF_PULSE", "spo2": "SPO2",
    "pulse": "PULSE", "pi": "PI", "hr": "HR", "rr": "RR",
}  # fmt: skip
KEYS = (TIME, DATE, *CHANNEL_OF)
TIME_NAMES = ("time", "datetime", "timestamp", "relativetimemilliseconds", "observationoffset", "clock",
              "dateandtime", "recordedat", "zeit", "datum", "date")  # fmt: skip
KNOWN_UNITS = {"relativetimemilliseconds": "ms", "observationoffset": "min"}
"""Columns of public data sets whose unit is published but not in their name."""


class ColumnMapError(ValueError):
    """A mapping that doesn't fit; one sentence that says what to give."""


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The place of each key among the columns, and units that were given."""

    places: Mapping[str, int]
    units: Mapping[str, str] = field(default_factory=dict)

    def channels(self) -> dict[str, int]:
        """The place of each vital's channel."""
        return {CHANNEL_OF[key]: i for key, i in self.places.items() if key in CHANNEL_OF}

    def unit(self, key: str, names: Sequence[str]) -> str:
        """The unit given for a key, or the one in its column's name."""
        name = names[self.places[key]]
        return self.units.get(key) or split_unit(name)[1] or KNOWN_UNITS.get(plain(name), "")


def parse_map(text: str, names: Sequence[str]) -> ColumnMap:
    """Reads `time=Time,sys=SBP,…` for a table with these columns; raises ColumnMapError."""
    places: dict[str, int] = {}
    units: dict[str, str] = {}
    for part in text.split(","):
        key, equals, column = (piece.strip() for piece in part.partition("="))
        key = key.lower()
        if not equals or key not in KEYS:
            shown = printable(part)[:40]
            raise ColumnMapError(f"--map: {shown!r} is not KEY=COLUMN; keys are {', '.join(KEYS)}")
        if key in places:
            raise ColumnMapError(f"--map: {key} stands twice; give one column for it")
        places[key], unit = _place(column, names)
        if unit:
            units[key] = _unit(key, unit)
    if TIME not in places:
        raise ColumnMapError("--map: says no time; add time=COLUMN")
    if not places.keys() & CHANNEL_OF.keys():
        raise ColumnMapError("--map: names no vital; add sys=COLUMN, spo2=COLUMN or another")
    twice = [names[i] for i in places.values() if list(places.values()).count(i) > 1]
    if twice:
        raise ColumnMapError(f"--map: {twice[0]} stands for two things; give each its own column")
    return ColumnMap(places, units)


def _place(column: str, names: Sequence[str]) -> tuple[int, str]:
    """Finds a column by name or number, and a unit in brackets behind it."""
    lower = [name.lower() for name in names]
    wanted, unit = column, ""
    numbered = re.fullmatch(r"#(\d{1,3})(?:\[([^\]]*)\])?", column, re.ASCII)
    if numbered and 1 <= int(numbered[1]) <= len(names):
        return int(numbered[1]) - 1, (numbered[2] or "").strip()
    if wanted.lower() not in lower and column.endswith("]") and "[" in column:
        wanted, _, unit = column[:-1].rpartition("[")
        wanted = wanted.strip()
    if wanted.lower() in lower:
        return lower.index(wanted.lower()), unit.strip()
    bare = [split_unit(name)[0] for name in lower]
    if wanted.lower() in bare:
        return bare.index(wanted.lower()), unit.strip()
    known = ", ".join(names)[:200]
    raise ColumnMapError(f"--map: no column {printable(wanted)[:40]!r}; there are: {known}")


def _unit(key: str, unit: str) -> str:
    if key == TIME:
        if not UNIT_WORDS.get(unit.lower()):
            raise ColumnMapError(f"--map: time[{unit}]: give one of {', '.join(MS_IN)}")
    elif key in ("sys", "dia", "map"):
        if unit.lower() not in ("mmhg", "kpa"):
            raise ColumnMapError(f"--map: {key}[{unit}]: give mmHg or kPa")
    else:
        raise ColumnMapError(f"--map: {key} takes no unit; it is read as it stands")
    return unit


def guessed(names: Sequence[str]) -> ColumnMap | None:
    """What the columns' names let one think; None where no time or no vital is among them."""
    taken, _ = chosen((str(i), name) for i, name in enumerate(names))
    key_of = {channel: key for key, channel in CHANNEL_OF.items()}
    places = {key_of[channel]: int(i) for i, channel in taken.items() if channel in key_of}
    for name in TIME_NAMES:
        found = [i for i, given in enumerate(names) if plain(given) == name]
        if found:
            places = {TIME: found[0], **{k: v for k, v in places.items() if v != found[0]}}
            break
    if TIME not in places or len(places) < 2:
        return None
    dates = [i for i, name in enumerate(names) if plain(name) in ("date", "datum")]
    if dates and dates[0] != places[TIME] and plain(names[places[TIME]]) in ("time", "zeit"):
        places[DATE] = dates[0]
    return ColumnMap(places)


def known_table(names: Sequence[str]) -> tuple[str, ColumnMap] | None:
    """Public data sets that are told by their columns: BIDMC's numerics, Queensland's trends."""
    bare = [plain(name) for name in names]
    if bare[:1] == ["time"] and set(bare) == {"time", "hr", "pulse", "resp", "spo2"}:
        found = guessed(names)
        return None if found is None else ("BIDMC numerics", found)
    if "relativetimemilliseconds" in bare and "clock" in bare:
        found = guessed([n if plain(n) not in ("time", "clock") else "-" for n in names])
        return None if found is None else ("Queensland trend", found)
    return None


def as_option(mapping: ColumnMap, names: Sequence[str]) -> str:
    """The mapping as one would give it after `--map`."""
    parts = []
    for key, i in mapping.places.items():
        name = names[i]
        column = name if _tells(name, names) else f"#{i + 1}"
        unit = mapping.units.get(key) or KNOWN_UNITS.get(plain(name), "")
        parts.append(f"{key}={column}{f'[{unit}]' if unit else ''}")
    return ",".join(parts)


def _tells(name: str, names: Sequence[str]) -> bool:
    """True for a name that can stand in the option and means one column only."""
    lower = [given.lower() for given in names]
    return not set(",=#'") & set(name) and lower.count(name.lower()) == 1
