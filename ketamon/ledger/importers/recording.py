"""Reads a recording, whatever its form: the one door for `import` and `replay`.

The form is told by the content, never by the file's name.
"""

import stat
from dataclasses import dataclass
from pathlib import Path

import msgspec

from ketamon.core.profile import refusal
from ketamon.entries import READING_KINDS, Entry
from ketamon.ledger.importers.column_map import ColumnMap
from ketamon.ledger.importers.csv_table import header, is_long, is_wide, read_table
from ketamon.ledger.importers.flags import Flag, Flags, flag_entry, flag_gaps
from ketamon.ledger.importers.ndjson import read_lines
from ketamon.ledger.importers.other_forms import (
    Found,
    OtherFormError,
    read_binary,
    read_by_columns,
    read_other_text,
)
from ketamon.ledger.importers.tables import Table
from ketamon.ledger.importers.whole import NotWholeError, cut_off
from ketamon_drivers.readings import printable

SIZE_LIMIT = 512 * 1024 * 1024
SQLITE_MAGIC = b"SQLite format 3\0"
OTHER_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "a ZIP file or a spreadsheet"),
    (b"%PDF", "a PDF"),
)
READABLE = (
    "give NDJSON entries, a CSV with time,channel,value or with time,HR,SPO2,SYS,…, "
    "a .vital, a WFDB .hea or a .ketamon session"
)


class RecordingError(ValueError):
    """A file that is no recording; the message is one sentence that says what to do.

    `unknown` is the table where only the meaning of its columns is missing.
    """

    unknown: Table | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """What a file holds: entries, and what was noticed while reading them."""

    form: str
    entries: tuple[Entry, ...]
    flags: tuple[Flag, ...] = ()
    title: str | None = None
    names: tuple[str, ...] = ()
    columns: ColumnMap | None = None

    @property
    def duration_ms(self) -> int:
        """When its last entry comes."""
        return self.entries[-1].t_ms if self.entries else 0

    @property
    def has_limits(self) -> bool:
        """True where limits in it come into force: refused ones don't."""
        return any(e.kind == "limits" and refusal(e.body.profile) is None for e in self.entries)

    def summary(self) -> list[str]:
        """One line of what it is, then one a flag: how many, and why. No identifiers."""
        readings = sum(1 for entry in self.entries if entry.is_reading)
        hours, rest = divmod(self.duration_ms // 1000, 3600)
        lasting = f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
        head = f"{self.form}, {lasting} long: {readings} readings in {len(self.entries)} entries"
        return [head, *map(str, self.flags)]


def read_recording(path: Path, columns: str | None = None) -> Recording:
    """Reads a file of any known form; raises RecordingError.

    `columns` says what the columns of a table are, as `--map` does.
    """
    data = _read(path)
    flags = Flags()
    if data.startswith(SQLITE_MAGIC):
        found = Found("session file", _session(path, flags))
    else:
        try:
            found = _other(path, data, columns, flags)
        except (NotWholeError, OtherFormError) as error:
            refused = RecordingError(f"{path}: {error}")
            refused.unknown = getattr(error, "table", None)
            raise refused from None
    if columns is not None and found.columns is None:
        raise RecordingError(f"{path}: is no table of columns ({found.form}); leave --map out")
    entries = found.entries
    if not any(entry.kind in READING_KINDS for entry in entries):
        why = f"; {flags.all()[0]}" if flags.all() else ""
        raise RecordingError(f"{path}: holds no readings{why}; {READABLE}")
    flag_gaps(flags, entries)
    return Recording(found.form, entries, flags.all(), _title(entries), found.names, found.columns)


def _read(path: Path) -> bytes:
    try:
        status = path.stat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise RecordingError(
                f"{path}: is a device or a pipe; save what it gives to a file, and give that"
            )
        if status.st_size > SIZE_LIMIT:
            raise RecordingError(f"{path}: is over 512 MiB; cut it into sessions first")
        data = path.read_bytes()
    except RecordingError:
        raise
    except FileNotFoundError:
        raise RecordingError(f"{path}: no such file; give the path of a recording") from None
    except IsADirectoryError:
        raise RecordingError(f"{path}: is a folder; give the path of a recording") from None
    except PermissionError:
        raise RecordingError(f"{path}: may not be read by you; ask its owner") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "its name is not one that a file can have"
        raise RecordingError(f"{path}: can't be read: {reason}") from None
    if not data.strip():
        raise RecordingError(f"{path}: is empty; {READABLE}")
    return data


def _session(path: Path, flags: Flags) -> tuple[Entry, ...]:
    """Reads a session file; as in NDJSON, numbers count only beside the alarms that they are of."""
    from ketamon.ledger.session_file import SessionFileError, read_session  # noqa: PLC0415 (start-up)

    try:
        entries = read_session(path)
    except SessionFileError as error:
        raise RecordingError(str(error)) from None
    for entry in entries:
        flag_entry(flags, entry, None)
    if any(entry.kind == "alarm" for entry in entries):
        return entries
    return tuple(msgspec.structs.replace(entry, seq=0) for entry in entries)


def _other(path: Path, data: bytes, columns: str | None, flags: Flags) -> Found:
    """Reads what is no session file."""
    for magic, what in OTHER_KINDS:
        if data.startswith(magic):
            raise RecordingError(f"{path}: is {what}, which can't be read yet; {READABLE}")
    binary = read_binary(path, data, flags)
    if binary is not None:
        return binary
    if b"\0" in data:
        raise RecordingError(f"{path}: is a binary file; {READABLE}")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return Found("NDJSON", read_lines(data.removeprefix(b"\xef\xbb\xbf"), flags))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise cut_off() from None
        raise RecordingError(f"{path}: is not UTF-8 text; save it as UTF-8 first") from None
    mapped = read_by_columns(text, columns, flags)
    if mapped is not None:
        return mapped
    names = header(text)
    if names is not None and (is_long(names) or is_wide(names)):
        form, entries, _counts = read_table(text, flags)
        return Found(form, entries)
    other = read_other_text(path, text, flags)
    if other is None:
        raise RecordingError(f"{path}: is not a recording; {READABLE}")
    return other


def _title(entries: tuple[Entry, ...]) -> str | None:
    """The recorded session's title; a simulated one says so, because no patient was there."""
    for entry in entries:
        if entry.kind == "session":
            title = entry.body.title
            if entry.body.mode == "SIMULATED":
                return f"{title} (simulated)" if title else "simulated session"
            return printable(title) if title else None
    return None
