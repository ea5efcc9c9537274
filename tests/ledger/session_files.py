"""Session files for tests: made, opened to be spoilt, and written as a running engine would."""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from ketamon.entries import Entry, decode
from ketamon.ledger import schema
from ketamon.ledger.chain import GENESIS, link
from ketamon.ledger.session_file import INSERT_ENTRY, write_session

LINES = (
    b'{"t":0.000,"kind":"session","title":"made","mode":"REPLAY"}',
    b'{"t":0.000,"kind":"limits","profile":{"sys":{"high":{"medium":160}}}}',
    b'{"t":10.000,"kind":"blood_pressure","device":"cuff","systolic":150,"diastolic":80,"mean":null}',
    b'{"t":12.500,"kind":"oximetry","device":"oximeter","spo2":97,"pulse_rate":71,"perfusion_index":2.5}',
    b'{"t":13,"kind":"heart_rate","device":"strap","heart_rate":72,"rr_intervals":[830.1,842],"contact":true}',
    b'{"t":14.0,"kind":"respiration","device":"monitor","rr":12}',
    b'{"t":20.000,"kind":"note","text":"ZZCANARY \xc3\xa9","by":{"seat":"nurse","person":"ZZCANARY"}}',
    b'{"t":60.000,"kind":"blood_pressure","device":"cuff","systolic":172,"diastolic":96}',
    b'{"t":60.000,"kind":"alarm","condition":"sys_high","change":"raised","state":"active",'
    b'"priority":"medium","value":172,"limit":160,"basis":"absolute"}',
    b'{"t":61.000,"kind":"sunrise","colour":"red","text":"no kind of ours"}',
    b'{"t":62.000,"kind":"manual","systolic":120,"diastolic":70,"measured_t":61.5,"by":"somebody"}',
    b'{"t":63.000,"kind":"cuff_pressure","device":"cuff","pressure":88}',
    b'{"t":70.000,"kind":"end"}',
)
ENTRIES: tuple[Entry, ...] = tuple(decode(line, number) for number, line in enumerate(LINES, 1))


def made(path: Path, entries: Sequence[Entry] = ENTRIES) -> Path:
    """A closed session file."""
    write_session(path, entries)
    return path


@contextmanager
def spoiling(path: Path) -> Iterator[sqlite3.Connection]:
    """Opens a closed file as somebody would who means to change it: every trigger dropped."""
    path.chmod(0o600)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        kept = list(triggers)
        for name, _ in kept:
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
        for _, sql in kept:
            connection.execute(sql)


@contextmanager
def running(path: Path, entries: Iterable[Entry] = ENTRIES) -> Iterator[sqlite3.Connection]:
    """A session file as an engine at work leaves it: WAL, nothing copied back, not closed."""
    with closing(sqlite3.connect(path.as_uri(), isolation_level=None, uri=True)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        schema.create(connection)
        before = GENESIS["entry"]
        for entry in entries:
            kind = entry.kind.encode()
            before = link(before, entry.seq, entry.t_ms, kind, entry.line)
            connection.execute(INSERT_ENTRY, (entry.seq, entry.t_ms, kind, entry.line, before))
        yield connection


def copy(path: Path, name: str) -> Path:
    """A copy that may be written."""
    target = path.with_name(name)
    shutil.copyfile(path, target)
    return target
