"""Whatever the disk does, the ledger says so in a sentence, goes on, and loses nothing meanwhile."""

import asyncio
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from ketamon.commands.verify import verify
from ketamon.ledger import writer
from ketamon.ledger.anchors import ANCHORS_NAME, Anchor, anchors_of
from ketamon.ledger.journal import journal_of, journaled
from ketamon.ledger.live import LiveLedger
from ketamon.ledger.session_file import SessionFileError, read_session, verify_session
from ketamon.ledger.writer import START
from tests.conftest import ROOT
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

__all__ = ["disk"]
BOTH = pytest.mark.parametrize("inline", [False, True], ids=["thread", "inline"])
NOBODY = 65534


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the session is."""
    return tmp_path / "s.ketamon"


def size(path: Path) -> int:
    return path.stat().st_size


def names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def move(path: Path, target: Path) -> None:
    path.replace(target)


def remove(path: Path) -> None:
    path.unlink()


def make_folder(path: Path) -> None:
    path.mkdir()


def remove_folder(path: Path) -> None:
    path.rmdir()


def assert_sentence(text: str | None, path: Path, *words: str) -> None:
    assert text is not None
    assert text.startswith(f"{path}: ")
    assert "\n" not in text
    for word in words:
        assert word in text


# A disk that takes nothing for a while


@BOTH
@pytest.mark.parametrize("at", ["BEGIN", "COMMIT"])
async def test_entries_wait_while_the_disk_is_full_and_are_kept_in_order_afterwards(
    path: Path, disk: Disk, inline: bool, at: str
) -> None:
    ledger = LiveLedger.create(path, inline=inline)
    given = append(ledger, 1, 2)
    await until_recorded(ledger, 2)
    disk.fail("SQLITE_FULL", at)
    given += append(ledger, 3, 4)
    await until(lambda: ledger.trouble)
    assert_sentence(ledger.trouble, path, "the disk is full; free some space")
    given += append(ledger, 5)
    assert (ledger.recorded, ledger.waiting) == (2, 3)
    assert stored_lines(path) == lines(given[:2])
    disk.fail(None)
    given += append(ledger, 6)
    await until_recorded(ledger, 6)
    assert (ledger.trouble, ledger.waiting, ledger.waiting_since) == (None, 0, None)
    assert stored_lines(path) == lines(given)
    await ledger.close()
    assert list(read_session(path)) == given


@BOTH
async def test_the_head_at_the_end_is_noted_when_the_disk_lets_it_be_closed_at_last(
    path: Path, disk: Disk, inline: bool
) -> None:
    ledger = LiveLedger.create(path, inline=inline)
    append(ledger, 1)
    await until_recorded(ledger, 1)
    disk.fail("SQLITE_FULL")
    append(ledger, 2)
    with pytest.raises(SessionFileError, match="the disk is full"):
        await ledger.close("2026-01-01T10:00:00Z")
    assert list(anchors_of(path)) == []
    disk.fail(None)
    digits = await ledger.close("2026-01-01T10:00:01Z")
    assert list(anchors_of(path)) == [Anchor("2026-01-01T10:00:01Z", 2, digits, path.name)]


async def test_a_head_that_can_not_be_noted_holds_up_no_end(path: Path) -> None:
    path.with_name(ANCHORS_NAME).mkdir()
    ledger = LiveLedger.create(path)
    append(ledger, 1)
    await ledger.close("2026-01-01T10:00:00Z")
    assert verify_session(path).closed


async def test_what_waits_is_kept_when_the_disk_is_back_though_nothing_more_comes(
    path: Path, disk: Disk
) -> None:
    ledger = LiveLedger.create(path)
    disk.fail("SQLITE_IOERR_WRITE")
    given = append(ledger, 1, 2)
    ledger.append_raw(0, "cuff", b"\x01")
    await until(lambda: ledger.trouble)
    disk.fail(None)
    await until_recorded(ledger, 2)
    await ledger.close()
    assert list(read_session(path)) == given
    assert len(stored(path, "raw")) == 1


@BOTH
async def test_commit_that_succeeded_though_it_was_told_to_have_failed_is_not_made_twice(
    path: Path, disk: Disk, inline: bool
) -> None:
    ledger = LiveLedger.create(path, inline=inline)
    told: list[int] = []
    ledger.on_recorded = told.append
    disk.fail("SQLITE_IOERR_FSYNC", after=True)
    ledger.append_raw(0, "cuff", b"\x01")
    ledger.append_raw(1000, "cuff", b"\x02")
    given = append(ledger, 1)
    await until(lambda: len(stored(path)) == 1)
    given += append(ledger, 2, 3)  # they come while the first is thought not to be in
    disk.fail(None)
    given += append(ledger, 4)
    await until_recorded(ledger, 4)
    assert (ledger.trouble, ledger.head.entries, ledger.waiting) == (None, 4, 0)
    assert told == sorted(set(told))
    await ledger.close()
    assert list(read_session(path)) == given
    assert verify_session(path).fault is None
    assert [row[3] for row in stored(path, "raw")] == [b"\x01", b"\x02"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SQLITE_FULL", "the disk is full; free some space"),
        ("SQLITE_BUSY_SNAPSHOT", "another program is writing to it; close that program"),
        ("SQLITE_READONLY_DBMOVED", "may only be read; make its folder and disk writable"),
        ("SQLITE_CANTOPEN_ISDIR", "its folder can't be used; make it writable"),
        ("SQLITE_IOERR_WRITE", "the disk fails; check it"),
        ("SQLITE_CORRUPT_VTAB", "it is damaged; end this session"),
        ("SQLITE_CONSTRAINT_TRIGGER", "another program has written to it; end this session"),
        ("SQLITE_NOMEM", "can't be written (SQLITE_NOMEM); check the disk"),
    ],
)
async def test_trouble_says_what_is_wrong_and_what_to_do(
    path: Path, disk: Disk, name: str, words: str
) -> None:
    ledger = LiveLedger.create(path, inline=True)
    disk.fail(name)
    append(ledger, 1)
    assert_sentence(ledger.trouble, path, words)
    disk.fail(None)
    await ledger.close()


async def test_error_that_is_none_of_sqlites_does_not_end_the_ledger(
    path: Path, monkeypatch: pytest.MonkeyPatch, disk: Disk
) -> None:
    ledger = LiveLedger.create(path)
    with monkeypatch.context() as patched:
        patched.setitem(writer._INSERT, "raw", object())
        ledger.append_raw(0, "cuff", b"\x01")
        ledger.append_raw(1000, "cuff", b"\x01")
        given = append(ledger, 1)
        await until(lambda: ledger.trouble)
        assert_sentence(ledger.trouble, path, "(TypeError)")
    await ledger.close()
    assert list(read_session(path)) == given


@BOTH
async def test_session_is_not_closed_while_the_disk_takes_nothing_and_can_be_later(
    path: Path, disk: Disk, inline: bool
) -> None:
    ledger = LiveLedger.create(path, inline=inline)
    disk.fail("SQLITE_FULL")
    given = append(ledger, 1)
    with pytest.raises(SessionFileError, match="the disk is full; "):
        await ledger.close()
    given += append(ledger, 2)
    assert ledger.waiting == 2
    disk.fail(None)
    await ledger.close()
    assert list(read_session(path)) == given
    assert (ledger.recorded, ledger.waiting) == (2, 0)


async def test_session_that_can_not_be_copied_is_not_closed_and_goes_on(
    path: Path, disk: Disk
) -> None:
    ledger = LiveLedger.create(path)
    given = append(ledger, 1)
    disk.fail("SQLITE_FULL", "VACUUM")
    with pytest.raises(SessionFileError) as told:
        await ledger.close()
    assert_sentence(str(told.value), path, "the disk is full; ")
    given += append(ledger, 2)
    await until_recorded(ledger, 2)
    disk.fail(None)
    await ledger.close()
    assert list(read_session(path)) == given


async def test_ledger_of_a_failing_disk_can_be_left(path: Path, disk: Disk) -> None:
    ledger = LiveLedger.create(path)
    kept = append(ledger, 1)
    await until_recorded(ledger, 1)
    disk.fail("SQLITE_FULL")
    kept += append(ledger, 2)
    await ledger.leave()
    disk.fail(None)
    again, found = LiveLedger.reopen(path)
    assert list(found) == kept
    await again.leave()


# Real disks


@contextmanager
def small_files(size_bytes: int) -> Iterator[None]:
    """No file can grow beyond this: the kernel refuses the write itself."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_write_that_the_kernel_refuses_loses_nothing(path: Path, disk: Disk) -> None:
    ledger = LiveLedger.create(path)
    given = append(ledger, 1)
    await until_recorded(ledger, 1)
    with small_files(size(Path(f"{path}-wal")) + 2000):
        given += append(ledger, *range(2, 200))
        await until(lambda: ledger.trouble)
        assert_sentence(ledger.trouble, path, "the disk fails; check it")
        assert ledger.recorded == 1
        assert stored_lines(path) == lines(given[:1])
    await until_recorded(ledger, 199)
    await ledger.close()
    assert list(read_session(path)) == given


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A file system of 256 KiB, where this machine lets one be made."""
    folder = Path(tempfile.mkdtemp())
    mounted = os.geteuid() == 0 and shutil.which("mount") is not None
    if mounted:
        command = ["mount", "-t", "tmpfs", "-o", "size=256k", "ketamon-test", str(folder)]
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    if not mounted:
        folder.rmdir()
        pytest.skip("only root on a machine that lets it mount can make a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


def grow(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,size=4m", str(folder)], check=True)


async def test_full_disk_loses_nothing_and_all_is_kept_when_there_is_space(
    small_disk: Path, disk: Disk
) -> None:
    path = small_disk / "s.ketamon"
    ledger = LiveLedger.create(path)
    put(small_disk / "ballast", bytes(64 * 1024))
    given = []
    for seq in range(1, 3000):
        given += append(ledger, seq)
        if ledger.trouble:
            break
        await asyncio.sleep(0)
    await until(lambda: ledger.trouble)
    assert_sentence(ledger.trouble, path, "the disk is full; free some space")
    assert len(stored_lines(path)) == ledger.recorded < len(given)
    with pytest.raises(SessionFileError, match="the disk is full"):
        await ledger.close()
    remove(small_disk / "ballast")
    grow(small_disk)
    await until_recorded(ledger, len(given))
    await ledger.close()
    assert list(read_session(path)) == given


@contextmanager
def folder_to_read() -> Iterator[Path]:
    """A folder in which this process, root or not, can make nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        was_root = os.geteuid() == 0
        if was_root:
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            if was_root:
                os.seteuid(0)
            folder.chmod(0o755)


async def test_folder_that_may_only_be_read_is_told_at_once() -> None:
    with folder_to_read() as folder:
        with pytest.raises(SessionFileError, match="may not be written by you; give a path"):
            LiveLedger.create(folder / "s.ketamon")
        assert names(folder) == []


# A file that is taken away


@BOTH
@pytest.mark.parametrize("ending", ["", "-wal"])
async def test_session_whose_file_was_removed_goes_on_under_another_name(
    path: Path, inline: bool, ending: str
) -> None:
    ledger = LiveLedger.create(path, inline=inline)
    moves: list[tuple[Path, Path]] = []
    ledger.on_moved = lambda *names: moves.append(names)
    given = append(ledger, 1)
    await until_recorded(ledger, 1)
    remove(Path(f"{path}{ending}"))
    given += append(ledger, 2)
    await until_recorded(ledger, 2)
    recovered = path.with_name("s-recovered.ketamon")
    assert (ledger.path, ledger.trouble) == (recovered, None)
    assert stored_lines(recovered) == lines(given)  # while it runs: a crash would lose nothing
    assert moves == [(path, recovered)]
    await ledger.close()
    assert list(read_session(recovered)) == given
    assert set(names(path.parent)) - {path.name} == {recovered.name}


@BOTH
async def test_session_whose_file_was_replaced_goes_on_beside_it_and_again(
    path: Path, inline: bool
) -> None:
    ledger = LiveLedger.create(path, inline=inline)
    given = append(ledger, 1)
    await until_recorded(ledger, 1)
    for number, name in enumerate(("s.ketamon", "s-recovered.ketamon"), 2):
        put(path.with_name("other"), b"another's")
        move(path.with_name("other"), path.with_name(name))
        given += append(ledger, number)
        await until_recorded(ledger, number)
    await ledger.close()
    assert ledger.path == path.with_name("s-recovered2.ketamon")
    assert list(read_session(ledger.path)) == given
    assert content(path) == content(path.with_name("s-recovered.ketamon")) == b"another's"


async def test_moved_session_is_resumed_where_it_went_on(path: Path) -> None:
    ledger = LiveLedger.create(path)
    given = append(ledger, 1)
    await until_recorded(ledger, 1)
    shutil.copyfile(path, path.with_name("copy"))
    move(path.with_name("copy"), path)
    given += append(ledger, 2)
    await until_recorded(ledger, 2)
    await ledger.leave()
    again, found = LiveLedger.reopen(path)
    assert list(found) == given
    assert again.path == path.with_name("s-recovered.ketamon")
    await again.leave()


async def test_file_that_can_not_be_written_anew_is_told_and_nothing_counts_as_recorded(
    path: Path, disk: Disk
) -> None:
    ledger = LiveLedger.create(path)
    given = append(ledger, 1)
    await until_recorded(ledger, 1)
    remove(path)
    disk.fail("SQLITE_FULL", "VACUUM")
    given += append(ledger, 2)
    await until(lambda: ledger.trouble)
    assert_sentence(ledger.trouble, path, "moved, removed or replaced", "the disk is full; free")
    assert (ledger.recorded, ledger.waiting) == (1, 1)
    assert names(path.parent).count("s-recovered.ketamon") == 0
    disk.fail(None)
    await until_recorded(ledger, 2)
    assert ledger.trouble is None
    await ledger.close()
    assert list(read_session(ledger.path)) == given


# The journal


def journaled_seqs(path: Path) -> list[int]:
    return [row[1] for row in journaled(path, START) if row[0] == "entry"]


async def test_what_waits_is_in_the_journal_until_the_ledger_has_it(path: Path, disk: Disk) -> None:
    ledger = LiveLedger.create(path)
    given = append(ledger, 1)
    await until_recorded(ledger, 1)
    assert journaled_seqs(path) == []
    disk.fail("SQLITE_FULL")
    given += append(ledger, 2, 3)
    ledger.append_raw(0, "cuff", b"\x01\x00")
    await until(lambda: journaled_seqs(path) == [2, 3])
    assert mode(journal_of(path)) == 0o600
    given += append(ledger, 4)
    await until(lambda: journaled_seqs(path) == [2, 3, 4])
    disk.fail(None)
    await until_recorded(ledger, 4)
    await until(lambda: journaled_seqs(path) == [])
    await ledger.close()
    assert list(read_session(path)) == given
    assert names(path.parent) == [path.name]


async def test_what_a_crash_left_in_the_journal_is_in_the_ledger_after_resume(
    path: Path, disk: Disk
) -> None:
    ledger = LiveLedger.create(path)
    given = append(ledger, 1)
    ledger.append_raw(500, "cuff", b"\x01")
    ledger.append_raw(1500, "cuff", b"\x02")  # the row of the first second is written
    await until_recorded(ledger, 1)
    await until(lambda: len(stored(path, "raw")) == 1)
    disk.fail("SQLITE_IOERR_WRITE")
    given += append(ledger, 2, 3)
    ledger.append_raw(2500, "cuff", b"\xff\x00\n")
    ledger.append_raw(3500, "cuff", b"\x03")
    await until(lambda: ledger.trouble)
    await ledger.leave()  # nothing could be committed: as after a crash
    disk.fail(None)
    assert stored_lines(path) == lines(given[:1])
    told = CliRunner().invoke(verify, [str(path)])
    assert told.exit_code == 0
    assert "2 more wait in its journal: `ketamon resume s` takes them in" in told.output
    again, found = LiveLedger.reopen(path)
    assert list(found) == given
    await until_recorded(again, 3)
    given += append(again, 4)
    await again.close()
    assert list(read_session(path)) == given
    assert [(row[1], row[3]) for row in stored(path, "raw")] == [
        (500, b"\x01"),
        (1500, b"\x02"),
        (2500, b"\xff\x00\n"),
        (3500, b"\x03"),
    ]
    assert verify_session(path).fault is None


async def test_journal_that_the_ledger_already_has_is_not_brought_in_twice(
    path: Path, disk: Disk
) -> None:
    ledger = LiveLedger.create(path)
    disk.fail("SQLITE_FULL")
    given = append(ledger, 1, 2)
    ledger.append_raw(0, "cuff", b"\x01")
    await until(lambda: journaled_seqs(path) == [1, 2])
    left = content(journal_of(path))
    disk.fail(None)
    await until_recorded(ledger, 2)
    await ledger.leave()
    put(journal_of(path), left)  # the crash came between the commit and the journal's end
    again, found = LiveLedger.reopen(path)
    assert list(found) == given
    await again.close()
    assert list(read_session(path)) == given
    assert len(stored(path, "raw")) == 1


async def test_line_of_the_journal_that_is_cut_or_damaged_ends_it(path: Path, disk: Disk) -> None:
    ledger = LiveLedger.create(path)
    disk.fail("SQLITE_FULL")
    given = append(ledger, 1, 2, 3)
    await until(lambda: journaled_seqs(path) == [1, 2, 3])
    await ledger.leave()
    disk.fail(None)
    whole = content(journal_of(path)).rstrip(b"\0")
    put(journal_of(path), whole[:-2])
    assert journaled_seqs(path) == [1, 2]
    put(journal_of(path), whole.replace(b"entry 2", b"entry 7"))
    assert journaled_seqs(path) == [1]
    again, found = LiveLedger.reopen(path)
    assert list(found) == given[:1]
    given = [*found, *append(again, 2)]
    await again.close()
    assert list(read_session(path)) == given


async def test_where_the_journal_fails_too_it_is_said_that_all_waits_in_memory(
    path: Path, disk: Disk
) -> None:
    ledger = LiveLedger.create(path)
    await until(journal_of(path).exists)
    disk.fail("SQLITE_IOERR_WRITE")
    with small_files(0):
        given = append(ledger, 1)
        await until(lambda: ledger.trouble)
    assert_sentence(ledger.trouble, path, "the disk fails", "it waits in memory alone")
    disk.fail(None)
    await until_recorded(ledger, 1)
    await ledger.close()
    assert list(read_session(path)) == given


async def test_journal_has_its_room_before_the_disk_is_full(small_disk: Path, disk: Disk) -> None:
    grow(small_disk)
    path = small_disk / "s.ketamon"
    ledger = LiveLedger.create(path)
    await until(lambda: journal_of(path).exists() and size(journal_of(path)))
    with suppress(OSError):
        put(small_disk / "ballast", bytes(4 * 1024 * 1024))
    given = []
    for seq in range(1, 9000):
        given += append(ledger, seq)
        if ledger.trouble:
            break
        await asyncio.sleep(0)
    await until(lambda: ledger.trouble)
    await until(lambda: journaled_seqs(path)[-1:] == [len(given)])
    assert "in memory alone" not in (ledger.trouble or "")
    await ledger.leave()
    remove(small_disk / "ballast")
    again, found = LiveLedger.reopen(path)
    assert list(found) == given
    await again.close()
    assert list(read_session(path)) == given


async def test_journal_of_another_session_is_never_taken(path: Path) -> None:
    put(journal_of(path), b"somebody's")
    with pytest.raises(SessionFileError, match=r"s\.journal\.ndjson: exists already; give another"):
        LiveLedger.create(path)
    assert content(journal_of(path)) == b"somebody's"
    assert names(path.parent) == [journal_of(path).name]


# Other programs


async def test_another_programs_transaction_is_waited_for_and_told(path: Path, disk: Disk) -> None:
    ledger = LiveLedger.create(path)
    given = append(ledger, 1)
    await until_recorded(ledger, 1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        given += append(ledger, 2)
        await until(lambda: ledger.trouble)
        assert_sentence(ledger.trouble, path, "another program is writing to it; close that")
        other.execute("ROLLBACK")
    await until_recorded(ledger, 2)
    assert ledger.trouble is None
    await ledger.close()
    assert list(read_session(path)) == given


async def test_session_that_another_program_has_written_to_is_not_closed_as_whole(
    path: Path,
) -> None:
    ledger = LiveLedger.create(path)
    append(ledger, 1)
    await until_recorded(ledger, 1)
    with closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO raw VALUES (1, 0, 'cuff', x'00', zeroblob(32))")
        other.commit()
    with pytest.raises(SessionFileError, match="is not what was written to it, so it can't be"):
        await ledger.close()
    ledger.append_raw(0, "cuff", b"\x01")
    ledger.append_raw(1000, "cuff", b"\x01")
    await until(lambda: ledger.trouble)
    assert_sentence(ledger.trouble, path, "another program has written to it; end this session")
    await ledger.leave()


RUNNING = """
import asyncio, sys
from pathlib import Path
from ketamon.ledger.live import LiveLedger
from tests.ledger.live_ledgers import append, until_recorded

async def main():
    ledger = LiveLedger.create(Path(sys.argv[1]))
    append(ledger, *range(1, 51))
    await until_recorded(ledger, 50)
    print("50", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    append(ledger, *range(51, 101))
    await until_recorded(ledger, 100)
    print("100", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


COUNT = "SELECT count(*) AS n FROM entry"


@contextmanager
def engine(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that has a session running, at entry 50; a line on its input takes it to 100."""
    command = [sys.executable, "-c", RUNNING, str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert said(program) == "50"
        try:
            yield program
        finally:
            program.send_signal(signal.SIGKILL)


def said(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def go_on(program: subprocess.Popen[str]) -> None:
    assert program.stdin is not None
    program.stdin.write("\n")
    program.stdin.flush()
    assert said(program) == "100"


def test_program_that_opens_a_running_session_to_write_and_goes_takes_nothing_with_it(
    path: Path,
) -> None:
    with engine(path) as program:
        command = [sys.executable, "-m", "sqlite_utils", "query", str(path), COUNT]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        assert '"n": 50' in ran.stdout  # it opened the file to read and write, and has let it go
        go_on(program)
    assert len(read_session(path)) == 100
    assert verify_session(path).fault is None


def test_verify_judges_a_running_and_then_an_interrupted_session_and_changes_neither(
    path: Path,
) -> None:
    command = [sys.executable, "-m", "ketamon", "verify", str(path)]

    def judged() -> str:
        ran = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=True)
        return ran.stdout

    with engine(path) as program:
        assert f"{path}: all 50 entries hold, the session was not closed\n" in judged()
        go_on(program)
        assert "all 100 entries hold, the session was not closed" in judged()
    before = content(path)
    assert "all 100 entries hold, the session was not closed" in judged()
    assert content(path) == before


# Heads noted outside


@BOTH
async def test_head_is_noted_beside_the_file(path: Path, inline: bool) -> None:
    ledger = LiveLedger.create(path, inline=inline)
    append(ledger, 1, 2)
    await until_recorded(ledger, 2)
    ledger.anchor("2026-01-01T00:01:00Z")
    await until(lambda: list(anchors_of(path)))
    append(ledger, 3)
    ledger.anchor("2026-01-01T00:02:00Z")
    await ledger.close()
    heads = verify_session(path).heads
    assert list(anchors_of(path)) == [
        Anchor("2026-01-01T00:01:00Z", 2, heads[2][:16], path.name),
        Anchor("2026-01-01T00:02:00Z", 3, heads[3][:16], path.name),
    ]
    assert mode(path.with_name(ANCHORS_NAME)) == 0o600
    assert ledger.head.digits == heads[3][:16]


@BOTH
async def test_head_that_can_not_be_noted_is_told_until_it_can(path: Path, inline: bool) -> None:
    log = path.with_name(ANCHORS_NAME)
    make_folder(log)
    ledger = LiveLedger.create(path, inline=inline)
    append(ledger, 1)
    ledger.anchor("2026-01-01T00:01:00Z")
    await until(lambda: ledger.trouble)
    assert_sentence(ledger.trouble, log, "can't be written")
    remove_folder(log)
    ledger.anchor("2026-01-01T00:02:00Z")
    await until(lambda: not ledger.trouble)
    await ledger.close()
