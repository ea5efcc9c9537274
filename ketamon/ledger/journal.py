"""What waits for a ledger that can't be written, in a second file beside it: lines of JSON, appended.

| line | a row of |
|---|---|
| `{"seq", "t_ms", "crc", "entry"}` | entries; `entry` is the line as it will be stored |
| `{"seq", "t_ms", "crc", "device", "raw"}` | raw bytes, in base64 |

Its room is reserved while the disk is well, so that a full one still takes two hours of it. A crash
leaves it for `ketamon resume`, which brings its rows into the ledger under the numbers that they
have here; a line that is not whole ends it. Nothing in it counts as recorded.
"""

import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

from ketamon.entries import EntryError, decode
from ketamon.ledger.places import origin_of
from ketamon.ledger.session_file import SessionFileError, Tail

ENDING = ".journal.ndjson"
PRIVATE = 0o600
RESERVED_BYTES = 2 * 1024 * 1024  # two hours of a chair's entries and raw bytes


_NO_ENTRY = msgspec.Raw(b"null")


class Numbered(msgspec.Struct, frozen=True, omit_defaults=True):
    """One row that waits, with the number that it will have."""

    seq: int
    t_ms: int
    crc: int
    entry: msgspec.Raw = _NO_ENTRY
    device: str | None = None
    raw: bytes | None = None

    @classmethod
    def of(cls, table: str, seq: int, t_ms: int, kind: bytes, body: bytes) -> "Numbered":
        """The line of a row."""
        crc = _crc(seq, t_ms, body)
        if table == "entry":
            return cls(seq, t_ms, crc, entry=msgspec.Raw(body))
        return cls(seq, t_ms, crc, device=kind.decode(), raw=body)

    def row(self) -> tuple[str, int, int, bytes, bytes]:
        """The row of a line: table, seq, t_ms, kind or device, body; raises ValueError."""
        body = bytes(self.entry)
        if body != b"null":
            found = ("entry", self.seq, self.t_ms, decode(body).kind.encode(), body)
        elif self.device is not None and self.raw is not None:
            found = ("raw", self.seq, self.t_ms, self.device.encode(), self.raw)
        else:
            raise ValueError("no row")
        if self.crc != _crc(self.seq, self.t_ms, found[4]):
            raise ValueError("damaged")
        return found


Rows = Iterable[tuple[str, int, int, bytes, bytes]]
_decode = msgspec.json.Decoder(Numbered).decode
_encode = msgspec.json.Encoder().encode


def journal_of(session: Path) -> Path:
    """Where a session's journal is; one that had to move to another name keeps its own."""
    origin = origin_of(session)
    return origin.with_name(f"{origin.stem}{ENDING}")


class Journal:
    """The journal of one running session; belongs to the thread that writes the ledger."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = -1
        self._end = sum(len(line) for line, _ in _whole_lines(path))

    def reserve(self) -> None:
        """Opens it, and has the disk keep room for it where it can."""
        with suppress(OSError):
            self._open()
            _reserve(self._file)

    def keep(self, rows: Rows) -> None:
        """Appends rows and waits until the disk has them; raises OSError, and then none counts."""
        data = b"".join(_encode(Numbered.of(*row)) + b"\n" for row in rows)
        if not data:
            return
        self._open()
        done = 0
        while done < len(data):
            done += os.pwrite(self._file, data[done:], self._end + done)
        os.fsync(self._file)
        self._end += len(data)

    def clear(self) -> None:
        """Forgets what it held: the ledger has it. What a failing disk leaves is known by its numbers."""
        if self._end == 0:
            return
        self._end = 0
        with suppress(OSError):
            os.ftruncate(self._file, 0)
            _reserve(self._file)

    def close(self) -> None:
        """Lets go of it; one that holds nothing is removed."""
        if self._end == 0:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
        if self._file >= 0:
            with suppress(OSError):
                os.close(self._file)
            self._file = -1

    def _open(self) -> None:
        if self._file < 0:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, PRIVATE)


def journaled(session: Path, tails: dict[str, Tail]) -> list[tuple[str, int, int, bytes, bytes]]:
    """Gives the rows that a crash left in a session's journal and that its ledger doesn't have.

    Raises SessionFileError where it can't be read.
    """
    ends = {table: tail.seq for table, tail in tails.items()}
    found = []
    for _, row in _whole_lines(journal_of(session)):
        table, seq = row[0], row[1]
        if seq > ends[table]:
            ends[table] = seq
            found.append(row)
    return found


def _whole_lines(path: Path) -> Iterator[tuple[bytes, tuple[str, int, int, bytes, bytes]]]:
    """Gives line and row up to the first that isn't whole: a write cut short, or reserved room.

    Raises SessionFileError.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise SessionFileError(
            f"{path}: can't be read ({error.strerror}), and holds what waits for its session; make "
            "it readable, then try again"
        ) from None
    for line in data.split(b"\n")[:-1]:
        try:
            yield line + b"\n", _decode(line).row()
        except (msgspec.DecodeError, EntryError, ValueError):
            return


def _crc(seq: int, t_ms: int, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(b"%d %d " % (seq, t_ms)))


def _reserve(file: int) -> None:
    """Takes room beyond the end; where a disk has none, or knows no such thing, goes without."""
    size = os.fstat(file).st_size
    if size >= RESERVED_BYTES or not hasattr(os, "posix_fallocate"):
        return
    try:
        os.posix_fallocate(file, 0, RESERVED_BYTES)
    except OSError:
        os.ftruncate(file, size)
