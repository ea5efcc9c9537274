"""A crash between any two steps of an end leaves a whole session under its name."""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ketamon.entries import Entry
from ketamon.ledger import closing as closing_module
from ketamon.ledger.chain import link
from ketamon.ledger.closing import ClosedHalfwayError, Home, close_steps, run
from ketamon.ledger.live import LiveLedger
from ketamon.ledger.session_file import (
    INSERT_ENTRY,
    SessionFileError,
    read_session,
    verify_session,
)
from tests.ledger.live_ledgers import until
from tests.ledger.session_files import ENTRIES, running

STEPS = 6


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the session is."""
    return tmp_path / "s.ketamon"


def crashed_after(steps: int, path: Path) -> list[str]:
    """Leaves on disk what is there when the program dies after so many steps of an end.

    A copy made at that moment is what a crash leaves: closing the connection would tidy up.
    """
    done = []
    lived = path.with_name("lived")
    lived.mkdir()
    with running(lived / path.name) as connection:
        ending = close_steps(connection, lived / path.name, Home.of(lived / path.name))
        for _, step in zip(range(steps), ending, strict=False):
            done.append(step)
        for file in lived.iterdir():
            (path.parent / file.name).write_bytes(file.read_bytes())
            (path.parent / file.name).chmod(file.stat().st_mode)
        ending.close()
    return done


def test_an_end_has_these_steps(path: Path) -> None:
    assert len(crashed_after(99, path)) == STEPS


@pytest.mark.parametrize("steps", range(STEPS + 1))
async def test_session_is_whole_and_can_be_ended_after_a_crash_at_any_step(
    path: Path, steps: int
) -> None:
    crashed_after(steps, path)
    assert read_session(path) == ENTRIES
    verdict = verify_session(path)
    assert verdict.fault is None
    if not verdict.closed:
        ledger, found = LiveLedger.reopen(path)
        assert found == ENTRIES
        await ledger.close()
    assert (verify_session(path).closed, read_session(path)) == (True, ENTRIES)
    left = {file.name for file in path.parent.iterdir() if file.is_file()}
    assert left - {f"{path.name}-wal", f"{path.name}-shm"} == {path.name}


@contextmanager
def reading(path: Path, *, in_the_middle: bool) -> Iterator[sqlite3.Connection]:
    """Another program's reader; in the middle it holds what it saw."""
    uri = f"{path.as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        connection.execute("SELECT count(*) FROM entry").fetchone()
        if in_the_middle:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM entry").fetchone()
        yield connection


@pytest.mark.parametrize("in_the_middle", [False, True])
def test_reader_holds_no_end_up_and_goes_on_reading(path: Path, in_the_middle: bool) -> None:
    with (
        running(path, ENTRIES[:5]) as connection,
        reading(path, in_the_middle=in_the_middle) as reader,
    ):
        more = ENTRIES[5:]
        append_all(connection, more)
        run(close_steps(connection, path, Home.of(path)))
        assert [file.name for file in path.parent.iterdir()] == [path.name]
        assert read_session(path) == ENTRIES
        [count] = reader.execute("SELECT count(*) FROM entry").fetchone()
        assert count == (5 if in_the_middle else len(ENTRIES))


def append_all(connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Goes on with a chain, as one who waits for no reader."""
    connection.execute("PRAGMA busy_timeout = 20")
    [before] = connection.execute("SELECT hash FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
    for entry in entries:
        before = link(before, entry.seq, entry.t_ms, entry.kind.encode(), entry.line)
        connection.execute(
            INSERT_ENTRY, (entry.seq, entry.t_ms, entry.kind.encode(), entry.line, before)
        )


def test_crash_with_a_reader_in_the_middle_leaves_a_whole_session_at_every_step(
    tmp_path: Path,
) -> None:
    for steps in range(STEPS + 1):
        folder, lived = tmp_path / f"{steps}", tmp_path / f"lived{steps}"
        folder.mkdir()
        lived.mkdir()
        path = lived / "s.ketamon"
        with running(path, ENTRIES[:5]) as connection, reading(path, in_the_middle=True):
            append_all(connection, ENTRIES[5:])
            ending = close_steps(connection, path, Home.of(path))
            for _ in zip(range(steps), ending, strict=False):
                pass
            for file in lived.iterdir():
                (folder / file.name).write_bytes(file.read_bytes())
            ending.close()
        assert read_session(folder / "s.ketamon") == ENTRIES, steps
        assert verify_session(folder / "s.ketamon").fault is None


def test_file_that_was_removed_is_written_anew(path: Path) -> None:
    with running(path) as connection:
        home = Home.of(path)
        path.unlink()
        closed = run(close_steps(connection, path, home))
    assert closed.path == path
    assert read_session(path) == ENTRIES
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_file_that_was_replaced_stays_and_the_session_is_put_beside_it(path: Path) -> None:
    with running(path) as connection:
        home = Home.of(path)
        (path.parent / "other").write_bytes(b"another's")
        (path.parent / "other").replace(path)
        closed = run(close_steps(connection, path, home))
    assert closed.path == path.with_name("s-recovered.ketamon")
    assert read_session(closed.path) == ENTRIES
    assert path.read_bytes() == b"another's"


def fails(*_: object, **__: object) -> None:
    raise OSError(5, "Input/output error")


def test_end_that_fails_before_the_file_is_let_go_names_it_and_can_be_tried_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(path) as connection:
        for call in ("fsync", "link"):
            with monkeypatch.context() as patched:
                patched.setattr(os, call, fails)
                with pytest.raises(SessionFileError, match=r"s\.ketamon: .*check the disk") as told:
                    run(close_steps(connection, path, Home.of(path)))
                assert ".closing" not in str(told.value)
        assert read_session(path) == ENTRIES
        run(close_steps(connection, path, Home.of(path)))
    assert verify_session(path).closed


async def test_end_that_fails_after_the_file_is_let_go_is_resumed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = LiveLedger.create(path)
    for entry in ENTRIES:
        ledger.append(entry)
    with monkeypatch.context() as patched:
        patched.setattr(closing_module.Path, "replace", fails)
        with pytest.raises(ClosedHalfwayError, match="all is kept"):
            await ledger.close()
        with pytest.raises(SessionFileError, match="closed or left"):
            await ledger.close()
    again, found = LiveLedger.reopen(path)
    assert found == ENTRIES
    await again.close()
    assert read_session(path) == ENTRIES
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    await until(lambda: "ledger" not in {thread.name for thread in threading.enumerate()})
