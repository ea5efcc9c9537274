"""The one read-write connection of a running session, and the ends of its two chains.

Everything here happens in one thread, the one that opened it. Nothing else in the process may open
the file, not even to look at it: closing any descriptor of it drops SQLite's locks, and then
another program that opens the file can take away what was committed (DESIGN 9).
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from ketamon.ledger import schema
from ketamon.ledger.chain import GENESIS, Row, fingerprint, link
from ketamon.ledger.closing import Closed, Home, close_steps, run
from ketamon.ledger.new_file import NewFileError, new_file
from ketamon.ledger.session_file import (
    INSERT_ENTRY,
    INSERT_RAW,
    SessionFileError,
    Tail,
    why_not_written,
)

BUSY_S = 0.5  # how long another program's lock is waited for before it is told
_INSERT = {"entry": INSERT_ENTRY, "raw": INSERT_RAW}
_LAST = "SELECT seq, hash FROM {} ORDER BY seq DESC LIMIT 1"
_TROUBLES = {
    "SQLITE_FULL": "the disk is full; free some space: what waits is then kept",
    "SQLITE_BUSY": "another program is writing to it; close that program",
    "SQLITE_LOCKED": "another program is writing to it; close that program",
    "SQLITE_READONLY": "it may only be read; make its folder and disk writable",
    "SQLITE_CANTOPEN": "its folder can't be used; make it writable, or put it back",
    "SQLITE_IOERR": "the disk fails; check it: what waits is kept as soon as it works",
    "SQLITE_CORRUPT": "it is damaged; end this session and start another",
    "SQLITE_NOTADB": "it is damaged; end this session and start another",
    "SQLITE_CONSTRAINT": "another program has written to it; end this session and start another",
}


class Unwritten(NamedTuple):
    """A row to come; an entry brings its number, raw bytes get theirs when they are written."""

    table: str
    seq: int
    t_ms: int
    kind: bytes
    body: bytes


class Head(NamedTuple):
    """How far a session is kept: its highest seq, how many entries, and their 16 digits."""

    seq: int
    entries: int
    digits: str


class _Attempt(NamedTuple):
    """A commit: how many rows, how many of them entries, and where the chains end with it."""

    rows: int
    entries: int
    tails: dict[str, Tail]


START = {table: Tail(0, genesis) for table, genesis in GENESIS.items()}


def lay_out(path: Path) -> None:
    """Makes an empty session file, private and in WAL mode; raises SessionFileError."""

    def create(part: Path) -> None:
        with closing(connect(part)) as connection:
            schema.create(connection)

    _make_live(path, create)


def _make_live(path: Path, fill: Callable[[Path], object]) -> None:
    """Makes a session file in WAL mode of what `fill` puts into it; raises SessionFileError."""
    try:
        with new_file(path) as part:
            fill(part)
            with closing(connect(part)) as connection:
                mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            if mode != ("wal",):
                raise SessionFileError(
                    f"{path}: its disk can't hold a running session; give a folder on a local disk"
                )
    except NewFileError as error:
        raise SessionFileError(str(error)) from None
    except sqlite3.Error as error:
        raise SessionFileError(f"{path}: {why_not_written(error)}") from None


def connect(path: Path) -> sqlite3.Connection:
    """Opens a file that exists, to read and write; raises sqlite3.Error."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_S)


class Writer:
    """Appends rows in transactions; raises sqlite3.Error where it can't, and then nothing is in."""

    def __init__(self, path: Path, tails: dict[str, Tail], entries: int, synchronous: str) -> None:
        self.tails = tails
        self._entries = entries
        self._synchronous = synchronous
        self._attempt: _Attempt | None = None  # that failed, or only seemed to
        try:
            self._open(path)
        except sqlite3.Error as error:
            raise SessionFileError(f"{path}: {why_not_written(error)}") from None

    def _open(self, path: Path) -> None:
        """Opens the file and notes where it lies, by names alone; raises sqlite3.Error."""
        connection = connect(path)
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute("PRAGMA fullfsync = ON")  # macOS: through the disk's own cache
        if not schema.is_intact(connection):  # what another program left could drop what we add
            schema.restore(connection)
        self.path, self._connection = path, connection
        self._wal = path.with_name(f"{path.name}-wal")
        self._homes = (Home.of(path), Home.of(self._wal))

    @property
    def head(self) -> Head:
        """How far the session is committed."""
        return head_of(self.tails, self._entries)

    def commit(self, rows: Sequence[Unwritten]) -> int:
        """Appends rows, all or none, and gives how many are in; raises sqlite3.Error.

        After an error give the same rows again, more of them if there are: those that were in
        after all are not appended twice, and then only they are counted.
        """
        if self._connection.in_transaction:  # what could not even be taken back
            self._connection.execute("ROLLBACK")
            self._attempt = None
        if self._attempt is not None and self._stored() == self._attempt.tails:
            return self._are_in(self._attempt)
        self._attempt = None
        attempt, chained = self._chained(rows)
        execute = self._connection.execute
        try:
            execute("BEGIN IMMEDIATE")
            for table, new in chained.items():
                self._connection.executemany(_INSERT[table], new)
            self._attempt = attempt
            execute("COMMIT")
        except Exception:
            if self._connection.in_transaction:
                with suppress(sqlite3.Error):
                    execute("ROLLBACK")
            raise
        return self._are_in(attempt)

    def is_misplaced(self) -> bool:
        """True where the file was taken away or replaced, told by looking at names alone."""
        return (Home.of(self.path), Home.of(self._wal)) != self._homes

    def go_on_at(self, path: Path) -> None:
        """Writes all that is committed into a new live file and goes on there.

        Raises SessionFileError or sqlite3.Error, and then all stays as it is.
        """
        self._assert_as_written([self.tails, *([self._attempt.tails] if self._attempt else [])])
        old = self._connection
        _make_live(path, lambda part: old.execute("VACUUM INTO ?", (part.absolute().as_uri(),)))
        self._open(path)
        with suppress(sqlite3.Error):
            old.close()

    def close(self) -> Closed:
        """Puts the closed file in the live one's place; raises SessionFileError."""
        self._assert_as_written([self.tails])
        return run(close_steps(self._connection, self.path, self._homes[0]))

    def leave(self) -> None:
        """Lets go of the file, as it is, for a later resume."""
        self._connection.close()

    def _assert_as_written(self, expected: Sequence[dict[str, Tail]]) -> None:
        """Raises SessionFileError where the file doesn't end as what was written to it."""
        try:
            stored = self._stored()
        except sqlite3.Error as error:
            raise SessionFileError(trouble(self.path, error)) from None
        if stored not in expected:
            raise SessionFileError(
                f"{self.path}: what lies there is not what was written to it, so it can't be closed; "
                "keep it with its -wal file, and check the disk"
            )

    def _are_in(self, attempt: _Attempt) -> int:
        self.tails, self._attempt = attempt.tails, None
        self._entries += attempt.entries
        return attempt.rows

    def _chained(self, rows: Sequence[Unwritten]) -> tuple[_Attempt, dict[str, list[Row]]]:
        tails = dict(self.tails)
        chained: dict[str, list[Row]] = {table: [] for table in tails}
        for table, number, t_ms, kind, body in rows:
            before = tails[table]
            seq = number or before.seq + 1
            tails[table] = Tail(seq, link(before.hash, seq, t_ms, kind, body))
            chained[table].append(Row(seq, t_ms, kind, body, tails[table].hash))
        return _Attempt(len(rows), len(chained["entry"]), tails), chained

    def _stored(self) -> dict[str, Tail]:
        found = {
            table: self._connection.execute(_LAST.format(table)).fetchone() for table in self.tails
        }
        return {table: Tail(*row) if row else START[table] for table, row in found.items()}


def head_of(tails: dict[str, Tail], entries: int) -> Head:
    """Gives the head of a session that ends so."""
    last = tails["entry"]
    return Head(last.seq, entries, fingerprint(last.hash))


def trouble(path: Path, error: Exception) -> str:
    """Says in a sentence why nothing can be kept now, and what to do."""
    if isinstance(error, SessionFileError):
        return str(error)
    name = getattr(error, "sqlite_errorname", None) or type(error).__name__
    for start, words in _TROUBLES.items():
        if name.startswith(start):
            return f"{path}: {words}"
    return f"{path}: can't be written ({name}); check the disk"
