"""The two CSV forms: one value a row (long), or one moment a row (wide).

| form | header | row |
|---|---|---|
| long | `time,channel,value,unit,error` | 2000-01-01T15:00:00,SYS,172,mmHg,0 |
| wide | `time,HR,PULSE,RR,SPO2,SYS,DIA,MAP` | 2000-01-01T15:00:00,62.8,0.0,12.7,0.0,,, |

Times are ISO 8601 or seconds; columns may come in any order, and `unit` and `error` may be left
out. An `error` other than 0 marks a value that the recording itself calls wrong; a `mode` of
SIMULATED, that no patient was there.
"""

from collections.abc import Callable, Iterator

from ketamon.entries import Entry
from ketamon.ledger.importers.channels import CHANNELS, Rows, Sample, number, time_ms
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.importers.marks import SHOWN_AT_MOST
from ketamon.ledger.importers.tables import whole_rows
from ketamon.vitals import Number
from ketamon_drivers.readings import printable

LONG = ("time", "channel", "value")
NO_NUMBER = "that is no number"
ERROR = "that the recording marks as an error"

Row = tuple[int, list[str]]


def header(text: str) -> list[str] | None:
    """Gives the first line's column names if it can be a table's head, else None."""
    first = text.split("\n", 1)[0].strip()
    names = [name.strip() for name in first.split(",")]
    return names if len(names) > 1 and all(0 < len(name) <= 64 for name in names) else None


def is_long(names: list[str]) -> bool:
    """True for the form with one value a row."""
    return set(LONG) <= {name.lower() for name in names}


def is_wide(names: list[str]) -> bool:
    """True for the form with one moment a row."""
    known = [name.upper() for name in names]
    return "TIME" in known and any(name in CHANNELS for name in known)


def read_table(text: str, flags: Flags) -> tuple[str, tuple[Entry, ...], dict[str, int]]:
    """Reads either form; gives its name, the entries, and how many values each channel has."""
    names = header(text) or []
    long = is_long(names)
    rows = Rows("long CSV" if long else "wide CSV", flags)
    columns = {(name.lower() if long else name.upper()): i for i, name in enumerate(names)}
    mode = columns.pop("mode" if long else "MODE", None)
    table = _noting_mode(whole_rows(text, ",", len(names), flags), mode, rows)
    started: list[str] = []
    samples = (_long if long else _wide)(table, columns, flags, started.append)
    held = list(samples)
    entries = rows.build(held, started[0] if started else None)
    return rows.family, entries, rows.counts


def _noting_mode(table: Iterator[Row], column: int | None, rows: Rows) -> Iterator[Row]:
    """Passes the rows on; one that says SIMULATED makes the whole recording that."""
    for line, cells in table:
        if column is not None and cells[column].strip() == "SIMULATED":
            rows.mode = "SIMULATED"
        yield line, cells


def _moment(cell: str, line: int, flags: Flags, started: Callable[[str], None]) -> int | None:
    t_ms = time_ms(cell)
    if t_ms is None:
        flags.add("time that can't be read: row left out", line)
    elif number(cell) is None:
        started(cell.strip())
    return t_ms


def _long(
    rows: Iterator[Row], columns: dict[str, int], flags: Flags, started: Callable[[str], None]
) -> Iterator[Sample]:
    time, channel, value = (columns[name] for name in LONG)
    unit, error = columns.get("unit"), columns.get("error")
    for line, cells in rows:
        t_ms = _moment(cells[time], line, flags, started)
        if t_ms is None:
            continue
        name = cells[channel].strip().upper()
        if name not in CHANNELS and not name.startswith("LIMIT."):
            flags.add(f"channel {printable(name)[:SHOWN_AT_MOST]} is not known", line)
            continue
        given, raw = _cell(cells[value])
        why = "" if raw is None else NO_NUMBER
        if error is not None and cells[error].strip() not in ("", "0"):
            given, raw, why = None, raw if given is None else given, ERROR
        if raw is not None and name in CHANNELS:
            flags.add(f"value {why}: kept, not judged", line)
        in_unit = "" if unit is None else cells[unit].strip()
        yield Sample(line, t_ms, name, given, raw, in_unit, why)


def _wide(
    rows: Iterator[Row], columns: dict[str, int], flags: Flags, started: Callable[[str], None]
) -> Iterator[Sample]:
    time = columns["TIME"]
    for name in columns:
        if name not in CHANNELS and name != "TIME":
            flags.add(f"column {printable(name)} is not known", 1)
    channels = [(name, i) for name, i in columns.items() if name in CHANNELS]
    for line, cells in rows:
        t_ms = _moment(cells[time], line, flags, started)
        if t_ms is None:
            continue
        for name, i in channels:
            value, raw = _cell(cells[i])
            if raw is not None:
                flags.add(f"value {NO_NUMBER}: kept, not judged", line)
            yield Sample(line, t_ms, name, value, raw, why=NO_NUMBER)


def _cell(text: str) -> tuple[Number | None, Number | str | None]:
    """A cell as a number, or the text that stood there."""
    cell = text.strip()
    if not cell or cell.lower() in ("nan", "null", "none"):
        return None, None
    value = number(cell)
    return (None, printable(cell)[:SHOWN_AT_MOST]) if value is None else (value, None)
