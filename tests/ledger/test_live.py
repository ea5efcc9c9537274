"""A running ledger keeps what it says it keeps, never waits, and closes into one whole file."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ketamon.ledger import live
from ketamon.ledger.live import LiveLedger
from ketamon.ledger.session_file import (
    SessionFileError,
    read_raw,
    read_session,
    read_unclosed,
    verify_session,
)
from tests.ledger.live_ledgers import (
    Disk,
    append,
    content,
    disk,
    lines,
    mode,
    put,
    stored,
    stored_lines,
    until,
    until_recorded,
)
from tests.ledger.session_files import ENTRIES, made, spoiling

__all__ = ["disk"]
BOTH = pytest.mark.parametrize("inline", [False, True], ids=["thread", "inline"])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the session is."""
    return tmp_path / "s.ketamon"


# Appending


@BOTH
async def test_recorded_is_the_highest_seq_that_another_program_can_read(
    path: Path, inline: bool
) -> None:
    ledger = LiveLedger.create(path, inline=inline)
    told: list[tuple[int, int]] = []
    ledger.on_recorded = lambda seq: told.append((seq, len(stored(path))))
    assert (ledger.recorded, ledger.waiting, ledger.waiting_since) == (0, 0, None)
    given = append(ledger, 1, 2, 5)
    await until_recorded(ledger, 5)
    given += append(ledger, 6)
    await until_recorded(ledger, 6)
    assert told[-1] == (6, 4)
    assert all(count >= len([e for e in given if e.seq <= seq]) for seq, count in told)
    assert stored_lines(path) == lines(given)
    assert (ledger.waiting, ledger.waiting_since, ledger.trouble) == (0, None, None)
    await ledger.close()
    assert list(read_session(path)) == given


@BOTH
async def test_row_holds_the_line_verbatim_with_time_and_kind(path: Path, inline: bool) -> None:
    ledger = LiveLedger.create(path, inline=inline)
    for entry in ENTRIES:
        ledger.append(entry)
    await ledger.close()
    assert read_session(path) == ENTRIES


async def test_what_comes_together_is_committed_together_and_told_once(
    path: Path, disk: Disk
) -> None:
    ledger = LiveLedger.create(path)
    told: list[int] = []
    ledger.on_recorded = told.append
    disk.gate.clear()  # the first commit takes its time
    append(ledger, 1)
    await until(ledger._commits._queue.empty)
    append(ledger, *range(2, 101))
    before = disk.commits
    assert (ledger.waiting, ledger.recorded, told) == (100, 0, [])
    disk.gate.set()
    await until_recorded(ledger, 100)
    assert disk.commits - before == len(told) == 2
    assert told == [1, 100]
    await ledger.leave()


async def test_long_backlog_is_committed_in_groups_that_leave_the_loop_its_turn(
    path: Path, disk: Disk
) -> None:
    ledger = LiveLedger.create(path)
    told: list[int] = []
    ledger.on_recorded = told.append
    disk.gate.clear()
    append(ledger, 1)
    await until(ledger._commits._queue.empty)
    append(ledger, *range(2, 1202))
    disk.gate.set()
    await until_recorded(ledger, 1201)
    assert told == [1, 501, 1001, 1201]
    assert await ledger.close() == verify_session(path).fingerprint


async def test_entries_wait_since_the_oldest_of_them_was_appended(
    path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = LiveLedger.create(path)
    now = 1000.0
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now)
    disk.gate.clear()
    append(ledger, 1)
    now = 1003.0
    append(ledger, 2)
    assert (ledger.waiting, ledger.waiting_since) == (2, 1000.0)
    monkeypatch.undo()
    disk.gate.set()
    await ledger.leave()
    assert (ledger.waiting, ledger.waiting_since) == (0, None)


async def test_every_statement_is_made_in_the_thread_of_the_ledger(path: Path, disk: Disk) -> None:
    import threading

    ledger = LiveLedger.create(path)
    append(ledger, 1)
    await until_recorded(ledger, 1)
    disk.threads.clear()
    append(ledger, 2)
    await ledger.close()
    [thread] = disk.threads
    assert thread != threading.get_ident()
    await until(lambda: "ledger" not in {thread.name for thread in threading.enumerate()})


async def test_running_file_is_private_written_ahead_and_flushed_with_every_commit(
    path: Path,
) -> None:
    before = os.umask(0)
    try:
        ledger = LiveLedger.create(path)
        append(ledger, 1)
        await until_recorded(ledger, 1)
    finally:
        os.umask(before)
    for file in path.parent.iterdir():
        assert mode(file) == 0o600, file.name

    def pragma(writer: live.Writer, name: str) -> object:
        return writer._connection.execute(f"PRAGMA {name}").fetchone()[0]

    asked = [
        asyncio.wrap_future(ledger._commits.ask(lambda writer, name=name: pragma(writer, name)))
        for name in ("journal_mode", "synchronous", "wal_autocheckpoint")
    ]
    assert await asyncio.gather(*asked) == ["wal", 2, 1000]
    await ledger.leave()


async def test_no_descriptor_of_the_file_is_ever_opened_beside_the_connection(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = LiveLedger.create(path)
    seen: list[str] = []
    audited = True

    def audit(event: str, arguments: tuple[object, ...]) -> None:
        if audited and event == "open" and str(arguments[0]) == str(path):
            seen.append(event)

    import sys

    sys.addaudithook(audit)
    append(ledger, 1, 2)
    ledger.append_raw(1, "cuff", b"\x01")
    ledger.anchor("2026-01-01T00:00:00Z")
    await ledger.close()
    audited = False
    assert seen == []


# Raw bytes


@BOTH
async def test_raw_bytes_are_one_chained_row_a_second_and_device(path: Path, inline: bool) -> None:
    ledger = LiveLedger.create(path, inline=inline)
    for t_ms, device, data in (
        (1000, "cuff", b"\x01"), (1200, "oximeter", b"\x09"), (1999, "cuff", b"\x02\x03"),
        (2000, "cuff", b"\x04"), (2500, "oximeter", b"\x00"), (4000, "cuff", b""),
    ):  # fmt: skip
        ledger.append_raw(t_ms, device, data)
    append(ledger, 7)
    await ledger.close()
    assert verify_session(path).fault is None
    rows = {row[:4] for row in stored(path, "raw")}
    assert {row[1:] for row in rows} == {
        (1000, "cuff", b"\x01\x02\x03"), (1200, "oximeter", b"\x09"), (2000, "cuff", b"\x04"),
        (2500, "oximeter", b"\x00"), (4000, "cuff", b""),
    }  # fmt: skip
    assert sorted(row[0] for row in rows) == [1, 2, 3, 4, 5]


async def test_raw_bytes_go_inline_with_the_next_entry_in_one_commit(
    path: Path, disk: Disk
) -> None:
    ledger = LiveLedger.create(path, inline=True)
    before = disk.commits
    ledger.append_raw(0, "cuff", b"\x01")
    ledger.append_raw(1000, "cuff", b"\x02")
    assert disk.commits == before
    append(ledger, 1)
    assert disk.commits == before + 1
    await ledger.close()
    assert len(stored(path, "raw")) == 2


# Going on after a crash


@BOTH
async def test_reopened_session_gives_all_and_goes_on_in_one_chain(
    path: Path, inline: bool
) -> None:
    first = LiveLedger.create(path, inline=inline)
    given = append(first, 1, 2, 3)
    first.append_raw(0, "cuff", b"\x01")
    await first.leave()
    assert "not closed" not in str(verify_session(path).fault)
    second, found = LiveLedger.reopen(path, inline=inline)
    assert list(found) == given
    assert second.recorded == 3
    assert second.head.entries == 3
    given += append(second, 4, 9)
    second.append_raw(9000, "cuff", b"\x02")
    digits = await second.close()
    assert list(read_session(path)) == given
    verdict = verify_session(path)
    assert (verdict.fault, verdict.closed, verdict.fingerprint) == (None, True, digits)
    assert [row[0] for row in stored(path, "raw")] == [1, 2]


async def test_session_of_no_entries_is_reopened_too(path: Path) -> None:
    await LiveLedger.create(path).leave()
    ledger, found = LiveLedger.reopen(path)
    assert (found, ledger.recorded) == ((), 0)
    append(ledger, 1)
    await ledger.close()


async def test_damaged_session_is_refused_with_its_first_bad_entry_and_left_as_it_is(
    path: Path,
) -> None:
    ledger = LiveLedger.create(path)
    append(ledger, 1, 2, 3)
    await ledger.leave()
    with spoiling(path) as connection:
        connection.execute("UPDATE entry SET body = replace(body, '2', '8') WHERE seq = 2")
    before = content(path)
    with pytest.raises(SessionFileError, match="entry 2 was changed, so it can't be resumed; "):
        LiveLedger.reopen(path)
    assert content(path) == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


async def test_session_whose_tables_were_changed_is_refused(path: Path) -> None:
    await LiveLedger.create(path).leave()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE entry ADD COLUMN mood TEXT")
    with pytest.raises(SessionFileError, match="its tables were changed, so it can't be resumed"):
        LiveLedger.reopen(path)


FOREIGN = {
    "a table": "CREATE TABLE foo (a); INSERT INTO foo VALUES (1)",
    "a numbered table": "CREATE TABLE foo (a INTEGER PRIMARY KEY AUTOINCREMENT)",
    "a view": "CREATE VIEW mine AS SELECT * FROM entry",
    "an index": 'CREATE UNIQUE INDEX "by ""time" ON entry (t_ms, kind) WHERE t_ms < 2000',
    "a trigger that drops rows": "CREATE TRIGGER t BEFORE INSERT ON entry WHEN 1 "
    "BEGIN SELECT RAISE(IGNORE); END",
    "no trigger": "DROP TRIGGER entry_refuses_update",
    "another view": "DROP VIEW alarm; CREATE VIEW alarm AS SELECT 1 AS value",
    "statistics": "ANALYZE",
}


@pytest.mark.parametrize("script", FOREIGN.values(), ids=FOREIGN)
async def test_what_another_program_leaves_in_a_session_keeps_it_from_nothing(
    path: Path, script: str
) -> None:
    ledger = LiveLedger.create(path)
    given = append(ledger, 1, 2)
    await ledger.leave()
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)
    ledger, found = LiveLedger.reopen(path)
    assert list(found) == given
    given += append(ledger, 3, 4)
    await until_recorded(ledger, 4)
    digits = await ledger.close()
    verdict = verify_session(path)
    assert (verdict.fault, verdict.fingerprint, verdict.closed) == (None, digits, True)
    assert list(read_session(path)) == given


async def test_session_that_another_program_put_a_table_into_is_closed_without_it(
    path: Path,
) -> None:
    ledger = LiveLedger.create(path)
    given = append(ledger, 1, 2)
    ledger.append_raw(0, "cuff", b"bytes")
    await until_recorded(ledger, 2)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FOREIGN["a numbered table"])
    await ledger.close()
    assert verify_session(path).fault is None
    assert list(read_session(path)) == given
    assert [row.body for row in read_raw(path)] != []


async def test_closed_session_is_not_reopened(path: Path) -> None:
    made(path)
    with pytest.raises(SessionFileError, match="was closed; start a new one"):
        LiveLedger.reopen(path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("found", [b"", b"time,HR\n0,70\n"])
async def test_what_is_no_session_is_not_reopened(path: Path, found: bytes) -> None:
    with pytest.raises(SessionFileError, match="no such file; "):
        LiveLedger.reopen(path)
    assert list(path.parent.iterdir()) == []
    put(path, found)
    with pytest.raises(SessionFileError, match="is not a session file; "):
        LiveLedger.reopen(path)
    assert content(path) == found


async def test_second_writer_is_refused_and_the_first_goes_on(path: Path) -> None:
    ledger = LiveLedger.create(path)
    given = append(ledger, 1)
    for opening in (LiveLedger.create, LiveLedger.reopen):
        with pytest.raises(SessionFileError, match="is being written by another ketamon; "):
            opening(path)
    given += append(ledger, 2)
    await ledger.close()
    assert list(read_session(path)) == given


async def test_reading_what_is_not_closed_changes_nothing(path: Path) -> None:
    ledger = LiveLedger.create(path)
    append(ledger, 1)
    await ledger.leave()
    before = content(path)
    assert [entry.seq for entry in read_unclosed(path).entries] == [1]
    assert content(path) == before


# Closing


@BOTH
async def test_closed_file_takes_the_place_of_the_live_one_and_stands_alone(
    path: Path, inline: bool
) -> None:
    ledger = LiveLedger.create(path, inline=inline)
    append(ledger, *range(1, 30))
    digits = await ledger.close()
    assert ledger.path == path
    assert ledger.recorded == 29
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert mode(path) == 0o440
    verdict = verify_session(path)
    assert (verdict.closed, verdict.fault, verdict.fingerprint) == (True, None, digits)


@BOTH
async def test_nothing_can_be_asked_of_a_ledger_that_has_ended(path: Path, inline: bool) -> None:
    ledger = LiveLedger.create(path, inline=inline)
    await ledger.close()
    assert "closed or left" in str(await asyncio.gather(ledger.close(), return_exceptions=True))
    assert "closed or left" in str(await asyncio.gather(ledger.leave(), return_exceptions=True))
    assert verify_session(path).closed


@BOTH
async def test_left_session_keeps_everything_and_is_not_closed(path: Path, inline: bool) -> None:
    ledger = LiveLedger.create(path, inline=inline)
    given = append(ledger, 1, 2)
    await ledger.leave()
    verdict = verify_session(path)
    assert (verdict.closed, verdict.fault, verdict.entries) == (False, None, len(given))
    assert [file.name for file in path.parent.iterdir()] == [path.name]


# Making the file


async def test_file_that_exists_stays_as_it_is(path: Path) -> None:
    put(path, b"another's")
    with pytest.raises(SessionFileError, match="exists already; "):
        LiveLedger.create(path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert content(path) == b"another's"


async def test_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    for opening in (LiveLedger.create, LiveLedger.reopen):
        with pytest.raises(SessionFileError, match=r"its folder doesn't exist; make the folder"):
            opening(tmp_path / "no" / "s.ketamon")


async def test_disk_that_can_hold_no_running_session_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ketamon.ledger import writer

    monkeypatch.setattr(writer, "connect", lambda _: sqlite3.connect(":memory:"))
    with pytest.raises(SessionFileError, match="a folder on a local disk"):
        LiveLedger.create(path)
    assert list(path.parent.iterdir()) == []
