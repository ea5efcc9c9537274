"""The two CSV forms, as `importers.csv_table` reads them: one value a row, or one moment a row.

Times are the wall clock where the session has one, else seconds since it began. `mode` says on each
row whether a patient was there. A row without a value opens the table where the first reading comes
later than the session.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from ketamon.entries import Entry, Session, seconds
from ketamon.ledger.exporters.flat import Cell, cells_of, limit_cells, limit_unit
from ketamon.ledger.importers.channels import CHANNELS
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.new_file import new_file
from ketamon.vitals import Number

FORMULA = ("=", "+", "-", "@")
LONG_HEAD = ("time", "channel", "value", "unit", "error", "mode")


def write_csv(path: Path, entries: Sequence[Entry], losses: Flags, *, wide: bool) -> int:
    """Makes a private CSV and gives the number of its rows; raises NewFileError."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    stamp, mode = _Stamp(entries), mode_of(entries)
    rows = _wide(entries, losses, stamp, mode) if wide else _long(entries, losses, stamp, mode)
    count = -1
    for row in rows:
        writer.writerow(row)
        count += 1
    with new_file(path) as part:
        part.write_text(text.getvalue(), encoding="utf-8", newline="")
    return count


def mode_of(entries: Sequence[Entry]) -> str:
    """LIVE, SIMULATED or REPLAY, as the session says."""
    modes = (e.body.mode for e in entries if isinstance(e.body, Session))
    return next((mode for mode in modes if mode is not None), "REPLAY")


class _Stamp:
    """Writes a session's times."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        given = [e.body.started for e in entries if isinstance(e.body, Session)]
        self._start: datetime | None = None
        with suppress(ValueError, OverflowError):  # no date, or one whose end has none
            start = datetime.fromisoformat(given[0] or "") if given else None
            if start is not None and start + timedelta(milliseconds=entries[-1].t_ms):
                self._start = start

    def __call__(self, t_ms: int) -> str:
        if self._start is None:
            return seconds(t_ms).decode()
        return (self._start + timedelta(milliseconds=t_ms)).isoformat(timespec="milliseconds")


def _long(
    entries: Sequence[Entry], losses: Flags, stamp: _Stamp, mode: str
) -> Iterator[tuple[str, ...]]:
    yield LONG_HEAD
    limits: dict[str, Number] = {}
    opened = False
    for entry in entries:
        if entry.kind == "limits":
            cells = limit_cells(entry, limits, losses)
            units = [limit_unit(cell.channel) for cell in cells]
        else:
            cells = cells_of(entry, losses)
            units = [cell.unit for cell in cells]
        if cells and not opened:
            opened = True
            if entry.t_ms > 0:
                yield stamp(0), _first_channel(cells), "", "", "0", mode
        for cell, unit in zip(cells, units, strict=True):
            yield stamp(entry.t_ms), cell.channel, _text(cell), unit, str(int(cell.error)), mode


def _first_channel(cells: list[Cell]) -> str:
    """A channel that is there anyway, for the row that only tells when the session began."""
    return cells[0].channel


def _text(cell: Cell) -> str:
    """A cell's text; what a spreadsheet would take for a formula gets an apostrophe before it."""
    text = str(cell.value)
    return f"'{text}" if isinstance(cell.value, str) and text[:1] in FORMULA else text


def _wide(
    entries: Sequence[Entry], losses: Flags, stamp: _Stamp, mode: str
) -> Iterator[tuple[str, ...]]:
    moments: list[tuple[int, dict[str, str]]] = []
    for entry in entries:
        cells = cells_of(entry, losses)
        if any(cell.error for cell in cells):
            losses.add(f"{entry.kind} that doesn't count left out")
            continue
        for cell in cells:
            if not moments or moments[-1][0] != entry.t_ms or cell.channel in moments[-1][1]:
                moments.append((entry.t_ms, {}))
            moments[-1][1][cell.channel] = _text(cell)
    used = {channel for _, row in moments for channel in row}
    channels = [channel for channel in CHANNELS if channel in used]
    yield "time", *channels, "mode"
    if moments and moments[0][0] > 0:
        yield stamp(0), *("" for _ in channels), mode
    for t_ms, row in moments:
        yield stamp(t_ms), *(row.get(channel, "") for channel in channels), mode
