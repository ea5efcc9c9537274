"""WFDB numerics (PhysioNet): a `.hea` header and its `.dat` of 16-bit samples at a fixed rate.

| line of the header | example |
|---|---|
| record | `s00001n 10 0.0166666666667/125 1936 31:25.894 10/10/2896` |
| signal | `3975656n.dat 16 10(0)/mmHg 16 0 0 15872 0 NBPSys` |

A value is (sample − baseline) / gain; −32768 is none. Rates may be fractions, the hour of the time
may be left out, years may be surrogates (2896). Either of the two files may be given.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ketamon.entries import Entry
from ketamon.ledger.importers.channels import CHANNELS, Sample, whole
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.importers.foreign import count, entries_of, unit_for
from ketamon.ledger.importers.track_names import chosen
from ketamon.vitals import Number
from ketamon_drivers.readings import printable

FORM = "WFDB numerics"
MISSING = -32768
DEFAULT_GAIN = 200.0  # WFDB's own, where a header gives none
HEADER_AT_MOST = 100_000
_RECORD = re.compile(
    r"(?P<name>[\w.-]+)(?P<segments>/\d{1,9})?\s+(?P<signals>\d{1,9})"
    r"(?:\s+(?P<rate>[\d.eE+-]+)(?:/\S+)?(?:\s+(?P<samples>\d{1,9})(?:\s+(?P<time>[\d:.]+)(?:\s+(?P<date>\S+))?)?)?)?"
)
_SIGNAL = re.compile(
    r"(?P<file>\S+)\s+(?P<format>\d{1,9})(?P<frame>x\d{1,9})?(?P<skew>:\d{1,9})?(?:\+(?P<offset>\d{1,9}))?"
    r"(?:\s+(?P<gain>[\d.eE+-]+)(?:\((?P<baseline>-?\d{1,9})\))?(?:/(?P<unit>\S+))?)?"
    r"(?:\s+(?P<bits>\d{1,9})(?:\s+(?P<zero>-?\d{1,9})(?:\s+(?P<first>-?\d{1,9})"
    r"(?:\s+(?P<sum>-?\d{1,9})(?:\s+\d{1,9}(?:\s+(?P<name>.*))?)?)?)?)?)?"
)


class WfdbError(ValueError):
    """A record that can't be read; a clause for after the file's name."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One line of the header."""

    name: str
    file: str
    gain: float
    baseline: int
    unit: str
    checksum: int | None
    offset: int
    gain_given: bool


@dataclass(frozen=True, slots=True)
class Header:
    """What a header says of its record."""

    signals: tuple[Signal, ...]
    rate_hz: float
    samples: int | None
    started: datetime | None

    def time_ms(self, index: int) -> int:
        """When a sample was taken, since the first."""
        return round(index * 1000 / self.rate_hz)


def is_header(text: str) -> bool:
    """True for text whose first lines can be a record's header."""
    lines = _lines(text[:HEADER_AT_MOST])
    record = _RECORD.fullmatch(lines[0]) if lines else None
    if record is None or int(record["signals"]) == 0:
        return False
    if record["segments"]:
        return len(lines) > 1
    return (
        len(lines) > 1 and re.match(r"\S+\s+\d+(x\d+)?(:\d+)?(\+\d+)?(\s|$)", lines[1]) is not None
    )


def read_record(header_path: Path, text: str, flags: Flags) -> tuple[str, tuple[Entry, ...]]:
    """Reads the record of a header; raises WfdbError."""
    header = parse_header(text)
    [name] = {signal.file for signal in header.signals}
    try:
        data = header_path.with_name(name).read_bytes()
    except FileNotFoundError:
        raise WfdbError(f"needs {name}, which isn't beside it; copy it there") from None
    except OSError as error:
        raise WfdbError(f"needs {name}, which can't be read: {error.strerror}") from None
    columns = signal_values(header, data, flags)
    started = None if header.started is None else header.started.isoformat(timespec="milliseconds")
    return FORM, entries_of(FORM, list(_samples(header, columns, flags)), flags, started)


def header_of(data_path: Path) -> tuple[Path, str] | None:
    """Finds the header beside a `.dat` file that names it, and gives its text; None without one."""
    found = []
    for path in sorted(data_path.parent.glob("*.hea")):
        try:
            if path.stat().st_size > HEADER_AT_MOST:
                continue
            text = path.read_text()
            if is_header(text) and data_path.name in text.split():
                found.append((path, text))
        except (OSError, UnicodeDecodeError):
            continue
    if len(found) > 1:
        names = " and ".join(path.name for path, _ in found)
        raise WfdbError(f"belongs to {names}; give one of these headers instead")
    return found[0] if found else None


def parse_header(text: str) -> Header:
    """Reads a header; raises WfdbError."""
    lines = _lines(text)
    record = _RECORD.fullmatch(lines[0])
    if record is None:
        raise WfdbError("is no WFDB header: its first line names no record")
    if record["segments"]:
        raise WfdbError("is a record of several segments; give the header of one of them")
    wanted = int(record["signals"])
    if len(lines) <= wanted:
        raise WfdbError(f"is cut off: {wanted} signals are announced, {len(lines) - 1} are there")
    signals = tuple(_signal(line) for line in lines[1 : wanted + 1])
    if len({(signal.file, signal.offset) for signal in signals}) > 1:
        raise WfdbError("keeps its signals in several files, which can't be read yet")
    try:
        rate = float(record["rate"] or 250)
    except ValueError:
        rate = 0.0
    if not 1e-6 < rate < 1e6:
        raise WfdbError(f"has a rate of {record['rate']} a second, which can't be right")
    samples = int(record["samples"]) if record["samples"] else 0
    return Header(signals, rate, samples or None, _started(record["time"], record["date"]))


def _lines(text: str) -> list[str]:
    """The header's lines without comments."""
    stripped = (line.strip() for line in text.splitlines())
    return [line for line in stripped if line and not line.startswith("#")]


def _signal(line: str) -> Signal:
    found = _SIGNAL.fullmatch(line)
    shown = printable(line)[:60]
    if found is None:
        raise WfdbError(f"has a line that names no signal: {shown}")
    if found["format"] != "16" or (found["frame"] or "x1") != "x1" or found["skew"]:
        raise WfdbError(f"has a signal that is not one 16-bit sample a frame (format 16): {shown}")
    if Path(found["file"]).name != found["file"] or found["file"] in ("-", "~", ".."):
        raise WfdbError(f"names a data file that isn't beside it: {shown}")
    try:
        gain = float(found["gain"] or 0)
    except ValueError:
        raise WfdbError(f"has a gain that is no number: {shown}") from None
    baseline = found["baseline"] or found["zero"] or 0
    return Signal(
        printable((found["name"] or "").strip()), found["file"], gain or DEFAULT_GAIN,
        int(baseline), found["unit"] or "", None if found["sum"] is None else int(found["sum"]),
        int(found["offset"] or 0), gain != 0,
    )  # fmt: skip


def _started(time: str | None, date: str | None) -> datetime | None:
    """Time of day (h:m:s, m:s or s) and day/month/year; None without a date that there is."""
    if time is None or date is None:
        return None
    try:
        seconds = 0.0
        for part in time.split(":"):
            seconds = seconds * 60 + float(part)
        day, month, year = (int(part) for part in date.split("/"))
        return datetime(year, month, day) + timedelta(milliseconds=round(seconds * 1000))  # noqa: DTZ001
    except (ValueError, OverflowError):
        return None


def signal_values(header: Header, data: bytes, flags: Flags) -> list[list[Number | None]]:
    """Each signal's values in its own unit, None where there is none."""
    width = len(header.signals)
    data = data[header.signals[0].offset :]
    samples = memoryview(data[: len(data) // (2 * width) * 2 * width]).cast("h")
    if _BIG_ENDIAN:
        samples = memoryview(b"".join(data[i : i + 2][::-1] for i in range(0, len(samples) * 2, 2)))
        samples = samples.cast("h")
    there = len(samples) // width
    if header.samples is not None and there < header.samples:
        flags.add(f"the data file is cut off: {there} of {header.samples} samples are there")
    elif header.samples is not None and there > header.samples:
        count(flags, "sample after the announced end: left out", there - header.samples)
        there = header.samples
    columns: list[list[Number | None]] = []
    for i, signal in enumerate(header.signals):
        column = samples[i : there * width : width].tolist()
        whole_one = header.samples in (None, there)
        if (
            signal.checksum is not None
            and whole_one
            and _checksum(column) != signal.checksum % 65536
        ):
            flags.add(f"{signal.name}: the header's checksum is another; the file was changed")
        gain, baseline = signal.gain, signal.baseline
        columns.append(
            [None if n == MISSING else whole(round((n - baseline) / gain, 6)) for n in column]
        )
    return columns


_BIG_ENDIAN = memoryview(b"\x01\x00").cast("h")[0] != 1


def _checksum(column: list[int]) -> int:
    return sum(column) % 65536


def _samples(header: Header, columns: list[list[Number | None]], flags: Flags) -> Iterator[Sample]:
    keys = {str(i): signal.name for i, signal in enumerate(header.signals)}
    taken, passed = chosen(keys.items())
    used: list[tuple[int, str, str]] = []
    for i, signal in enumerate(header.signals):
        channel = taken.get(str(i))
        values = sum(value is not None for value in columns[i])
        if channel in CHANNELS:
            if not signal.gain_given:
                flags.add(f"{channel} without a gain: taken as {DEFAULT_GAIN:g} a unit")
            used.append((i, channel, unit_for(channel, signal.unit, flags)))
        else:
            better = passed.get(str(i))
            why = f"{keys[better]} is taken" if better is not None else "no place in a session"
            count(flags, f"value of {signal.name or 'a signal'} left out: {why}", values)
    for index in range(max(map(len, columns), default=0)):
        t_ms = header.time_ms(index)
        for i, channel, unit in used:
            value = columns[i][index]
            if value is not None or index == 0:  # the first sample is the start, a value or not
                yield Sample(0, t_ms, channel, value, None, unit)
