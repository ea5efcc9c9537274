"""The closed session file: written whole or not at all, read only where its chain holds.

A closed file carries a seal, the SHA-256 of all its bytes with the seal's own 32 taken as
`OPEN_SEAL`: so a byte that was changed outside the chains (a view, a page's free space, a header)
is found too, and so is a tail that a damaged page hides.
"""

import hashlib
import os.path
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ketamon.entries import Entry, EntryError, decode
from ketamon.ledger import schema
from ketamon.ledger.chain import GENESIS, Fault, Row, fingerprint, first_fault, head, link
from ketamon.ledger.new_file import NewFileError, new_file
from ketamon.ledger.progress import told

CLOSED = 0o440
INSERT_ENTRY = "INSERT INTO entry (seq, t_ms, kind, body, hash) VALUES (?, ?, CAST(? AS TEXT), CAST(? AS TEXT), ?)"
INSERT_RAW = "INSERT INTO raw (seq, t_ms, device, bytes, hash) VALUES (?, ?, CAST(? AS TEXT), ?, ?)"
_FROM_ON = "WHERE seq >= ? ORDER BY seq LIMIT ?"
_SELECT = {
    "entry": "SELECT seq, t_ms, CAST(kind AS BLOB), CAST(body AS BLOB), hash FROM entry "
    + _FROM_ON,
    "raw": "SELECT seq, t_ms, CAST(device AS BLOB), bytes, hash FROM raw " + _FROM_ON,
}
_LOWEST_SEQ, _ALL = -(2**63), -1
_NOUN = {"entry": "entry", "raw": "raw bytes"}
_MAGIC = b"SQLite format 3\0"
_START_BYTES, _WAL_MODE = 20, b"\x02\x02"  # at 18: how it is written and read
_GIVE = "give a .ketamon file"
_DAMAGED = "is damaged or cut off; take a copy that is whole"
# SQLite quotes a damaged schema in its message, which then is no text; a damaged length asks for
# more memory than there is.
_DAMAGES = (sqlite3.Error, UnicodeDecodeError, MemoryError, OverflowError)


class SessionFileError(ValueError):
    """A file that can't be read or made as a session file; one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a session file's chains and seal say; `fault` is a clause, None where all holds."""

    entries: int
    fingerprint: str
    closed: bool
    fault: str | None = None
    first_bad_seq: int | None = None
    heads: tuple[str, ...] = ()

    def entries_up_to(self, digits: str) -> int | None:
        """How many entries the session had when its fingerprint was `digits`; None if never."""
        for count, found in enumerate(self.heads):
            if found.startswith(digits):
                return count
        return None


class Tail(NamedTuple):
    """Where a chain ends: its last row's number and hash."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Unclosed:
    """A session that was not closed: all its entries, and where each chain goes on."""

    entries: tuple[Entry, ...]
    tails: dict[str, Tail]


def write_session(path: Path, entries: Sequence[Entry]) -> str:
    """Makes a closed session file of all entries and gives its fingerprint.

    Numbers are kept where every entry has one (an acknowledgement's `up_to_seq` means them), else
    given from 1. Never in place of another file. Raises SessionFileError.
    """
    try:
        with closing(sqlite3.connect(":memory:", isolation_level=None, uri=True)) as connection:
            rows = _chained(entries)
            schema.create(
                connection,
                lambda: connection.executemany(INSERT_ENTRY, told(rows, len(rows), 0.4, 0.7)),
            )
            return close_into(connection, path, fingerprint(head("entry", rows)))
    except sqlite3.Error as error:
        raise SessionFileError(f"{path}: {why_not_written(error)}") from None


def close_into(connection: sqlite3.Connection, path: Path, expected: str = "") -> str:
    """Copies an open session into a closed file at `path` and gives its fingerprint.

    `expected` is that fingerprint where it is known already.
    The copy is compact, sealed, checked against its chains and on the disk before it gets its name.
    The connection was opened with `uri=True`. Raises SessionFileError.
    """
    try:
        is_new = bool(expected)  # made just now, by nobody else
        if not expected:
            expected = _fingerprint(*(_rows(connection, table)[0] for table in GENESIS))
        with new_file(path, CLOSED) as part, _ours_alone(connection, is_new=is_new) as ours:
            ours.execute("VACUUM INTO ?", (part.absolute().as_uri(),))
            _seal(part)
            if not _reads_back(part, expected):
                raise SessionFileError(
                    f"{path}: was written, but can't be read back as it should; check the disk, "
                    "then try again"
                )
    except NewFileError as error:
        raise SessionFileError(str(error)) from None
    except sqlite3.Error as error:
        raise SessionFileError(f"{path}: {why_not_written(error)}") from None
    return expected


@contextmanager
def _ours_alone(connection: sqlite3.Connection, *, is_new: bool) -> Iterator[sqlite3.Connection]:
    """The same session without what another program has put into its file while it ran."""
    if is_new or schema.is_intact(connection):
        yield connection
        return
    with closing(sqlite3.connect(":memory:", isolation_level=None, uri=True)) as clean:

        def fill() -> None:
            for table, insert in (("entry", INSERT_ENTRY), ("raw", INSERT_RAW)):
                clean.executemany(insert, _rows(connection, table)[0])

        schema.create(clean, fill)
        yield clean


def read_session(path: Path) -> tuple[Entry, ...]:
    """Gives all entries as they were written, numbers with them; raises SessionFileError.

    A file of which any part doesn't hold is refused: `ketamon verify` says where.
    """
    with opened(path) as connection:
        verdict, rows = _judge(connection, path)
    if verdict.fault is not None:
        raise SessionFileError(
            f"{path}: {verdict.fault}, so it can't be trusted; take a copy that "
            "`ketamon verify` finds whole"
        )
    return tuple(_entry(path, row) for row in rows["entry"])


def read_raw(path: Path) -> tuple[Row, ...]:
    """Gives the rows of raw bytes of a session whose entries were read; raises SessionFileError."""
    with opened(path) as connection:
        rows, whole = _rows(connection, "raw")
    if not whole:
        raise SessionFileError(f"{path}: {_DAMAGED}")
    return tuple(rows)


def read_unclosed(path: Path) -> Unclosed:
    """Gives what a session that is to be resumed holds; raises SessionFileError.

    It is only read: one that doesn't hold, or was closed, stays as it is.
    """
    with opened(path) as connection:
        verdict, rows = _judge(connection, path)
        usable = schema.holds_tables(connection)
    if verdict.fault is not None:
        raise SessionFileError(
            f"{path}: {verdict.fault}, so it can't be resumed; keep the file, and start a new session"
        )
    if verdict.closed:
        raise SessionFileError(f"{path}: the session was closed; start a new one")
    if not usable:
        raise SessionFileError(
            f"{path}: its tables were changed, so it can't be resumed; keep the file, and start a "
            "new session"
        )
    tails = {table: _tail(table, rows[table]) for table in GENESIS}
    return Unclosed(tuple(_entry(path, row) for row in rows["entry"]), tails)


def verify_session(path: Path) -> Verdict:
    """Checks a session file's chains, its seal and its schema; raises SessionFileError.

    A file that was not closed has no seal yet: its chains alone are judged.
    """
    with opened(path) as connection:
        verdict, _ = _judge(connection, path)
        if verdict.fault is None and not schema.is_intact(connection):
            fault = f"all {verdict.entries} entries hold, but its tables or views were changed"
            return Verdict(verdict.entries, verdict.fingerprint, verdict.closed, fault)
    return verdict


def _chained(entries: Sequence[Entry]) -> list[Row]:
    numbered = all(entry.seq for entry in entries)
    before = GENESIS["entry"]
    rows = []
    for number, entry in enumerate(told(entries, len(entries), ends=0.4), 1):
        seq = entry.seq if numbered else number
        kind = entry.kind.encode()
        before = link(before, seq, entry.t_ms, kind, entry.line)
        rows.append(Row(seq, entry.t_ms, kind, entry.line, before))
    return rows


def _judge(connection: sqlite3.Connection, path: Path) -> tuple[Verdict, dict[str, list[Row]]]:
    """Reads both chains and the seal, and gives what they say with the rows of each."""
    rows: dict[str, list[Row]] = {}
    found: Fault | None = None
    noun = ""
    for table in GENESIS:
        rows[table], whole = _rows(connection, table)
        fault = first_fault(table, rows[table])
        if fault is None and not whole:
            last = rows[table][-1].seq if rows[table] else 0
            fault = Fault(last + 1, "is damaged")
        if fault is not None and found is None:
            found, noun = fault, _NOUN[table]
    entries = rows["entry"]
    digits = "" if found else _fingerprint(entries, rows["raw"])
    seal = _stored_seal(connection)
    closed = seal != schema.OPEN_SEAL
    if found is not None:
        clause = f"{noun} {found.seq} {found.why}"
        bad = found.seq if noun == "entry" else None
        return Verdict(len(entries), digits, closed, clause, bad), rows
    if closed and (seal is None or seal != _digest(path.read_bytes(), seal)):
        clause = f"{len(entries)} entries hold, but the file was changed after it was closed"
        return Verdict(len(entries), digits, closed, clause), rows
    heads = (GENESIS["entry"].hex(), *(row.hash.hex() for row in entries))
    return Verdict(len(entries), digits, closed, heads=heads), rows


def _fingerprint(entries: Sequence[Row], raw: Sequence[Row]) -> str:
    return fingerprint(head("entry", entries), head("raw", raw))


def _rows(connection: sqlite3.Connection, table: str) -> tuple[list[Row], bool]:
    """Gives a chain's rows, as far as they can be read, and whether that was all of them."""
    rows: list[Row] = []
    try:
        rows.extend(map(Row._make, connection.execute(_SELECT[table], (_LOWEST_SEQ, _ALL))))
    except _DAMAGES:
        # The cursor reads one row ahead, and loses the last whole one with the first that isn't.
        after = rows[-1].seq + 1 if rows else _LOWEST_SEQ
        with suppress(*_DAMAGES):
            rows += [Row(*row) for row in connection.execute(_SELECT[table], (after, 1))]
        return rows, False
    return rows, True


def _tail(table: str, rows: Sequence[Row]) -> Tail:
    return Tail(rows[-1].seq if rows else 0, head(table, rows))


def _entry(path: Path, row: Row) -> Entry:
    try:
        entry = decode(row.body, row.seq)
    except EntryError:
        raise SessionFileError(
            f"{path}: entry {row.seq} is of a form that this version can't read; update ketamon"
        ) from None
    if (entry.t_ms, entry.kind.encode()) != (row.t_ms, row.kind):
        raise SessionFileError(
            f"{path}: entry {row.seq} stands under another time or kind than its line says; "
            "make the file anew with `ketamon import`"
        )
    return entry


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Opens a session file only to read; raises SessionFileError for what is none."""
    start = _start(path)
    # A closed file is in no need of side files: immutable, SQLite makes none, heeds none that an
    # end cut short has left, and needs no lock, so that the file reads from a folder or a disk that
    # may only be read.
    ending = "-wal" if start[18:] == _WAL_MODE else "-journal"
    live = os.path.lexists(f"{path}{ending}")
    uri = f"{path.absolute().as_uri()}?mode=ro{'' if live else '&immutable=1'}"
    try:
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
            connection.execute("PRAGMA trusted_schema = OFF")
            _assert_is_one(connection, path)
            yield connection
    except sqlite3.OperationalError as error:
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")):
            raise SessionFileError(
                f"{path}: was not closed, and its folder may not be written by you; copy it with "
                "its -wal file to another folder"
            ) from None
        raise SessionFileError(f"{path}: {_DAMAGED}") from None
    except _DAMAGES:
        raise SessionFileError(f"{path}: {_DAMAGED}") from None
    except OSError as error:
        raise SessionFileError(f"{path}: can't be read: {error.strerror}; {_GIVE}") from None


def _start(path: Path) -> bytes:
    """Gives the first bytes of what looks like a session file; raises SessionFileError."""
    try:
        with path.open("rb") as file:
            start = file.read(_START_BYTES)
    except FileNotFoundError:
        raise SessionFileError(f"{path}: no such file; {_GIVE}") from None
    except IsADirectoryError:
        raise SessionFileError(f"{path}: is a folder; {_GIVE}") from None
    except PermissionError:
        raise SessionFileError(f"{path}: may not be read by you; ask its owner") from None
    except OSError as error:
        raise SessionFileError(f"{path}: can't be read: {error.strerror}; {_GIVE}") from None
    if not start.startswith(_MAGIC):
        raise SessionFileError(
            f"{path}: is not a session file; {_GIVE}, or make one with `ketamon import`"
        )
    return start


def _assert_is_one(connection: sqlite3.Connection, path: Path) -> None:
    [application] = connection.execute("PRAGMA application_id").fetchone()
    if application != schema.APPLICATION_ID:
        raise SessionFileError(f"{path}: is a database of another program; {_GIVE}")
    [version] = connection.execute("PRAGMA user_version").fetchone()
    if version > schema.VERSION:
        raise SessionFileError(
            f"{path}: is a session file of version {version}, which this ketamon can't read; "
            "update ketamon"
        )
    # Only tables: a view of that name could be anything, and never end.
    tables = {
        name for [name] in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    if version != schema.VERSION or not tables >= {"entry", "raw", "seal"}:
        raise SessionFileError(f"{path}: {_DAMAGED}")


def _seal(part: Path) -> None:
    """Puts the digest of a copy that nobody has opened into its seal's place."""
    data = part.read_bytes()
    digest = _digest(data, schema.OPEN_SEAL)
    if digest is not None:
        part.write_bytes(data.replace(schema.OPEN_SEAL, digest))


def _reads_back(part: Path, expected: str) -> bool:
    """True if a copy is sealed and whole and has this fingerprint."""
    try:
        verdict = verify_session(part)
    except SessionFileError:
        return False
    return verdict.closed and verdict.fault is None and verdict.fingerprint == expected


def is_closed(connection: sqlite3.Connection) -> bool:
    """True if a session file carries a seal, which only its end puts there."""
    return _stored_seal(connection) != schema.OPEN_SEAL


def _stored_seal(connection: sqlite3.Connection) -> bytes | None:
    row = connection.execute("SELECT digest FROM seal LIMIT 1").fetchone()
    return row[0] if row and isinstance(row[0], bytes) else None


def _digest(data: bytes, seal: bytes) -> bytes | None:
    """Gives a file's digest, its seal taken as open; None where that seal is not in it once."""
    if data.count(seal) != 1:
        return None
    return hashlib.sha256(data.replace(seal, schema.OPEN_SEAL)).digest()


def why_not_written(error: sqlite3.Error) -> str:
    """Says what was in the way, and what to do; SQLite's own words say neither."""
    name = getattr(error, "sqlite_errorname", None) or type(error).__name__
    if name == "SQLITE_FULL":
        return "the disk is full; free some space, then try again"
    return f"can't be written ({name}); check the disk, then try again"
