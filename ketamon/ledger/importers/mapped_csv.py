"""A table whose columns are known by a map: any clinic's CSV, and oximeters' files.

| columns | of |
|---|---|
| `Time,Oxygen Level,Pulse Rate,Motion` | ViHealth's export of Wellue rings and oximeters |
| `Time,SpO2(%),Pulse Rate(bpm),Motion,SpO2 Reminder,PR Reminder,` | O2 Insight Pro's of the O2Ring |
"""

from collections.abc import Sequence

from ketamon.entries import Entry
from ketamon.ledger.importers.channels import CHANNELS, Sample
from ketamon.ledger.importers.clock_times import clock
from ketamon.ledger.importers.column_map import CHANNEL_OF, DATE, TIME, ColumnMap
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.importers.foreign import entries_of, unit_for
from ketamon.ledger.importers.tables import Table
from ketamon.ledger.importers.track_names import EXPECTED_UNIT, channel_of, plain
from ketamon.vitals import Number

MAPPED = "mapped CSV"
OXIMETER = "oximeter CSV"
NO_NUMBER = "that is no number"
NO_FINGER = "that means no finger"
NO_FINGER_VALUES = {"SPO2": (127, 255), "PULSE": (255, 511, 65535)}
"""What rings and finger oximeters write while there is nothing to measure."""


def oximeter_map(names: Sequence[str]) -> ColumnMap | None:
    """The map of an oximeter's file; None where it is none."""
    bare = [plain(name) for name in names]
    if bare[0] != "time" or "motion" not in bare:
        return None
    places = {TIME: 0}
    for i, name in enumerate(names):
        known = channel_of(name)
        if known is not None and known[0] in ("SPO2", "PULSE"):
            places.setdefault(known[0].lower(), i)
    return ColumnMap(places) if len(places) == 3 else None


def read_mapped(
    table: Table, mapping: ColumnMap, form: str, flags: Flags
) -> tuple[str, tuple[Entry, ...]]:
    """Gives the form and the entries; raises NotWholeError."""
    names, channels = table.names, mapping.channels()
    used = {*mapping.places.values()}
    left_out = [name for i, name in enumerate(names) if i not in used]
    if left_out:
        flags.add(f"column left out: {', '.join(left_out)[:150]}")
    key_of = {channel: key for key, channel in CHANNEL_OF.items()}
    units: dict[str, str] = {}
    for channel in channels:
        unit = mapping.unit(key_of[channel], names)
        units[channel] = unit_for(channel, unit, flags) if form == MAPPED else unit
    rows = list(table.rows(flags))
    stamps = [_stamp(cells, mapping) for _, cells in rows]
    reads = clock(stamps, mapping.unit(TIME, names), flags)
    samples: list[Sample] = []
    for (line, cells), stamp in zip(rows, stamps, strict=True):
        t_ms = reads.time_ms(stamp, line)
        if t_ms is None:
            continue
        for channel, i in channels.items():
            if channel not in CHANNELS:
                continue
            value, raw = table.value(cells[i])
            samples.append(_sample(line, t_ms, channel, value, raw, units[channel], form, flags))
    return form, entries_of(form, samples, flags, reads.started)


def _stamp(cells: Sequence[str], mapping: ColumnMap) -> str:
    time = cells[mapping.places[TIME]]
    return f"{cells[mapping.places[DATE]]} {time}" if DATE in mapping.places else time


def _sample(
    line: int,
    t_ms: int,
    channel: str,
    value: Number | None,
    raw: str | None,
    unit: str,
    form: str,
    flags: Flags,
) -> Sample:
    if form == OXIMETER and value is not None and value in NO_FINGER_VALUES.get(channel, ()):
        flags.add(f"{channel} {value} {NO_FINGER}: kept, not judged", line)
        return Sample(line, t_ms, channel, None, value, unit, NO_FINGER)
    if raw is not None:
        flags.add(f"value {NO_NUMBER}: kept, not judged", line)
    if form == OXIMETER and unit == "":
        unit = EXPECTED_UNIT[channel]
    return Sample(line, t_ms, channel, value, raw, unit, NO_NUMBER)
