"""VitalDB's `.vital`: each channel a numeric track, events a text track (format: `importers.vital_file`).

A reading that doesn't count (a sensor that was off, a copy from a cuff's memory) has no record. A
session without a date begins on 2100-01-01, as the `vitaldb` package puts one that has none.
"""

import gzip
import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ketamon.entries import Alarm, Chart, Entry, Phase, Session
from ketamon.ledger.exporters.csv_table import mode_of
from ketamon.ledger.exporters.flat import Cell, cells_of
from ketamon.ledger.importers.channels import CHANNELS
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.importers.foreign import MODE_TEXT, UNDATED_S
from ketamon.ledger.importers.vital_file import DEVICE, MAGIC, NUMBER, RECORD, TEXT, TRACK
from ketamon.ledger.new_file import new_file

VERSION = 3
TRACKS: Mapping[str, tuple[str, float, float, int]] = {
    "SYS": ("NIBP_SBP", 0, 200, 16), "DIA": ("NIBP_DBP", 0, 200, 17),
    "MAP": ("NIBP_MBP", 0, 200, 18), "CUFF_PULSE": ("NIBP_HR", 30, 150, 0),
    "SPO2": ("PLETH_SPO2", 90, 100, 10), "PULSE": ("PLETH_HR", 30, 150, 9),
    "PI": ("PLETH_PERF_REL", 0, 20, 0), "HR": ("HR", 30, 150, 2), "RR": ("RR", 0, 50, 12),
}  # fmt: skip
"""A channel's track: name as VitalDB has it, range of display, VitalDB's monitor type."""
_FLOAT, _DOUBLE = 1, 2
_WHITE = 0xFFFFFFFF
_EVENT_ID = 1
_LEVEL = 6  # of gzip: more costs time and gains little


def write_vital(path: Path, entries: Sequence[Entry], losses: Flags) -> int:
    """Makes a private file and gives the number of its records; raises NewFileError."""
    start, offset_min = _start_s(entries)
    ids = {channel: i for i, channel in enumerate(CHANNELS, _EVENT_ID + 1)}
    records: list[bytes] = [_text(start, f"{MODE_TEXT}{mode_of(entries)}")]
    used: set[str] = set()
    for entry in entries:
        at = start + entry.t_ms / 1000
        words = _event(entry)
        if words is not None:
            records.append(_text(at, words))
            continue
        for cell in cells_of(entry, losses):
            if cell.error or isinstance(cell.value, str) or _is_off(cell):
                losses.add(f"{cell.channel} that doesn't count left out")
                continue
            used.add(cell.channel)
            layout = struct.pack("<d" if _code(cell.channel) == _DOUBLE else "<f", cell.value)
            records.append(_packet(RECORD, struct.pack("<HdH", 10, at, ids[cell.channel]) + layout))
    end = start + (entries[-1].t_ms / 1000 if entries else 0)
    header = struct.pack("<hIIddB", -offset_min, 0, 0, start, end, 0)
    tracks = [_track(ids[channel], channel) for channel in CHANNELS if channel in used]
    device = struct.pack("<I", 1) + _string("ketamon") + _string("ketamon") + _string("")
    plain = b"".join((
        MAGIC, struct.pack("<IH", VERSION, len(header)), header, _packet(DEVICE, device),
        _event_track(), *tracks, *records,
    ))  # fmt: skip
    with new_file(path) as part:
        part.write_bytes(gzip.compress(plain, _LEVEL, mtime=0))
    return len(records)


def _start_s(entries: Sequence[Entry]) -> tuple[float, int]:
    """When the session began, in epoch seconds, and how far its clock was ahead of UTC (minutes)."""
    started = next((e.body.started for e in entries if isinstance(e.body, Session)), None)
    try:
        moment = datetime.fromisoformat(started or "")
    except ValueError:
        return UNDATED_S, 0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not 0 < moment.timestamp() < UNDATED_S:
        return UNDATED_S, 0
    ahead = moment.utcoffset() or timedelta()
    return moment.timestamp(), round(ahead / timedelta(minutes=1))


def _event(entry: Entry) -> str | None:
    """What stands in the text track: charting, phases and alarms; None for everything else."""
    match entry.body:
        case Alarm() as a:
            value = "" if a.value is None else f" {a.value:g}"
            return f"alarm {a.condition} {a.change} {a.priority}{value}"
        case Phase(phase=phase):
            return f"phase {phase}"
        case Chart() as c:
            given = [c.event, c.value, c.text, getattr(c, "moaas", None)]
            words = [str(part) for part in given if part is not None]
            return " ".join(words) if c.event else " ".join([entry.kind, *words])
    return None


def _is_off(cell: Cell) -> bool:
    """True for the 0 by which a table says that a sensor was off."""
    return cell.value == 0 and not cell.channel.startswith("TYPED.")


def _code(channel: str) -> int:
    return _DOUBLE if channel == "TYPED.MEASURED_T" else _FLOAT


def _track(number: int, channel: str) -> bytes:
    name, low, high, monitor = TRACKS.get(channel, (channel.replace(".", "_"), 0, 200, 0))
    unit = Cell(channel, 0).unit
    tail = struct.pack("<ffIfddBI", low, high, _WHITE, 0, 1, 0, monitor, 1)
    head = struct.pack("<HBB", number, NUMBER, _code(channel))
    return _packet(TRACK, head + _string(name) + _string(unit) + tail)


def _event_track() -> bytes:
    tail = struct.pack("<ffIfddBI", 0, 0, _WHITE, 0, 1, 0, 0, 0)
    return _packet(
        TRACK, struct.pack("<HBB", _EVENT_ID, TEXT, 0) + _string("EVENT") + _string("") + tail
    )


def _text(at: float, words: str) -> bytes:
    head = struct.pack("<HdH", 10, at, _EVENT_ID)
    return _packet(RECORD, head + struct.pack("<I", 0) + _string(words))


def _string(text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    return struct.pack("<I", len(raw)) + raw


def _packet(kind: int, body: bytes) -> bytes:
    return struct.pack("<BI", kind, len(body)) + body
