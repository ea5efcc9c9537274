"""Running ledgers for tests: waited for, made to fail, looked at by other programs."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from ketamon.entries import Entry, Note, make
from ketamon.ledger import group_commit, writer
from ketamon.ledger.live import LiveLedger
from ketamon.ledger.session_file import opened

WITHIN_S = 20.0


def entries(*seqs: int) -> list[Entry]:
    """Entries with these numbers, each of its own text."""
    return [make(seq, seq * 1000, Note(text=f"entry {seq}")) for seq in seqs]


def append(ledger: LiveLedger, *seqs: int) -> list[Entry]:
    """Appends entries with these numbers, and gives them."""
    given = entries(*seqs)
    for entry in given:
        ledger.append(entry)
    return given


async def until(holds: Callable[[], object]) -> None:
    """Gives the loop to others until something holds."""
    async with asyncio.timeout(WITHIN_S):
        while not holds():  # noqa: ASYNC110 (it may hold without telling anybody)
            await asyncio.sleep(0.001)


async def until_recorded(ledger: LiveLedger, seq: int) -> None:
    """Waits until a seq is kept."""
    await until(lambda: ledger.recorded >= seq)


def stored(path: Path, table: str = "entry") -> list[tuple[Any, ...]]:
    """The rows of a session file as another program sees them."""
    with opened(path) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY seq").fetchall()


def stored_lines(path: Path) -> list[bytes]:
    """The lines of a session file, in order."""
    return [row[3].encode() for row in stored(path)]


def content(path: Path) -> bytes:
    """A file's bytes."""
    return path.read_bytes()


def put(path: Path, data: bytes) -> None:
    """Makes a file of these bytes."""
    path.write_bytes(data)


def mode(path: Path) -> int:
    """Who may read and write a file."""
    return path.stat().st_mode & 0o777


def lines(given: Iterable[Entry]) -> list[bytes]:
    """The lines that are to be found there."""
    return [entry.line for entry in given]


class Disk:
    """Stands under every connection: fails when it is told to, and says what it was asked for."""

    def __init__(self) -> None:
        self.fault: str | None = None
        self.at = "COMMIT"
        self.after = False  # the fault is told though the statement was done
        self.commits = 0
        self.threads: set[int] = set()
        self.gate = threading.Event()
        self.gate.set()

    def fail(self, name: str | None, at: str = "COMMIT", *, after: bool = False) -> None:
        """From now on statements that begin so fail with this error of SQLite's; None: no more."""
        self.fault, self.at, self.after = name, at, after

    def connect(self, path: Path) -> sqlite3.Connection:
        disk = self

        class Connection(sqlite3.Connection):
            def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
                disk.threads.add(threading.get_ident())
                if sql == "COMMIT":
                    disk.gate.wait()
                    disk.commits += 1
                fails = disk.fault is not None and sql.startswith(disk.at)
                if not fails or disk.after:
                    cursor = super().execute(sql, *more)
                if fails:
                    error = sqlite3.OperationalError("as told")
                    error.sqlite_errorname = disk.fault or ""
                    raise error
                return cursor

        uri = f"{path.absolute().as_uri()}?mode=rw"
        return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=0, factory=Connection)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """A disk that can fail, tried again without a pause."""
    made = Disk()
    monkeypatch.setattr(writer, "connect", made.connect)
    monkeypatch.setattr(group_commit, "RETRY_S", (0.001,))
    return made
