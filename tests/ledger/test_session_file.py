"""A session file is written whole or not at all, and read only where every byte of it holds."""

import errno
import hashlib
import os
import resource
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ketamon.entries import Entry, decode
from ketamon.ledger import session_file
from ketamon.ledger.new_file import new_file
from ketamon.ledger.session_file import (
    SessionFileError,
    close_into,
    read_session,
    verify_session,
    write_session,
)
from tests.ledger.session_files import ENTRIES, copy, made, running, spoiling

NOBODY = 65534


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One closed file that tests copy and leave alone."""
    return made(tmp_path_factory.mktemp("closed") / "s.ketamon")


def refusal(act: Callable[..., object], *arguments: object) -> str:
    """Gives the one sentence with which a file is refused."""
    with pytest.raises(SessionFileError) as refused:
        act(*arguments)
    text = str(refused.value)
    assert "\n" not in text
    assert "ZZCANARY" not in text
    assert "; " in text or ", " in text, "it says what to do"
    return text


# Writing


def test_what_was_written_is_read_to_the_byte_with_its_numbers(tmp_path: Path) -> None:
    assert read_session(made(tmp_path / "s.ketamon")) == ENTRIES


def test_entries_without_numbers_are_numbered_from_one(tmp_path: Path) -> None:
    bare = [decode(entry.line) for entry in ENTRIES]
    assert read_session(made(tmp_path / "s.ketamon", bare)) == ENTRIES


def test_numbers_with_gaps_are_kept(tmp_path: Path) -> None:
    gaps = [decode(entry.line, entry.seq * 3) for entry in ENTRIES]
    assert read_session(made(tmp_path / "s.ketamon", gaps)) == tuple(gaps)


def test_bytes_that_are_no_text_are_kept(tmp_path: Path) -> None:
    odd = decode(b'{"t":1,"kind":"odd","x":"\xff\xfe"}', 1)
    assert read_session(made(tmp_path / "s.ketamon", [odd])) == (odd,)


def test_same_entries_give_the_same_fingerprint_and_others_another(tmp_path: Path) -> None:
    first = write_session(tmp_path / "a.ketamon", ENTRIES)
    assert write_session(tmp_path / "b.ketamon", ENTRIES) == first
    assert write_session(tmp_path / "c.ketamon", ENTRIES[:-1]) != first
    verdict = verify_session(tmp_path / "a.ketamon")
    assert (verdict.fault, verdict.closed) == (None, True)
    assert (verdict.entries, verdict.fingerprint) == (len(ENTRIES), first)


def test_closed_file_may_only_be_read_and_stands_alone(tmp_path: Path) -> None:
    path = made(tmp_path / "s.ketamon")
    read_session(path)
    assert [file.name for file in tmp_path.iterdir()] == ["s.ketamon"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o440


def test_new_file_is_private_from_its_first_moment(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with new_file(tmp_path / "s") as part:
            assert stat.S_IMODE(part.stat().st_mode) == 0o600
    finally:
        os.umask(before)


@pytest.mark.parametrize("linkless", [False, True])
def test_file_that_exists_is_never_replaced_even_if_it_came_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linkless: bool
) -> None:
    if linkless:
        monkeypatch.setattr(os, "link", failing(errno.EPERM))
    target = tmp_path / "s.ketamon"
    seal = session_file._seal

    def meanwhile(part: Path) -> None:
        target.write_text("another's")
        seal(part)

    monkeypatch.setattr(session_file, "_seal", meanwhile)
    for _ in range(2):
        assert "exists already" in refusal(write_session, target, ENTRIES)
        assert target.read_text() == "another's"
        assert list(tmp_path.iterdir()) == [target]


def test_link_to_nowhere_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "s.ketamon").symlink_to(tmp_path / "elsewhere")
    assert "exists already" in refusal(write_session, tmp_path / "s.ketamon", ENTRIES)
    assert not (tmp_path / "elsewhere").exists()


def test_disk_without_hard_links_takes_a_session_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", failing(errno.EPERM))
    assert read_session(made(tmp_path / "s.ketamon")) == ENTRIES
    assert [file.name for file in tmp_path.iterdir()] == ["s.ketamon"]


def failing(number: int) -> Callable[..., Any]:
    """A system call that always fails so."""

    def call(*_arguments: object, **_more: object) -> None:
        raise OSError(number, os.strerror(number))

    return call


@contextmanager
def small_disk(size_bytes: int) -> Iterator[None]:
    """No file can grow beyond this: the kernel refuses the write itself."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("size_bytes", [0, 5000, 20_000])
def test_disk_that_takes_no_more_leaves_nothing_behind(tmp_path: Path, size_bytes: int) -> None:
    with small_disk(size_bytes):
        assert "check the disk" in refusal(write_session, tmp_path / "s.ketamon", ENTRIES)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("call", ["open", "fsync", "link"])
@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "disk is full"), (errno.EACCES, "may not be written"), (errno.EIO, "check the disk")],
)  # fmt: skip
def test_failure_leaves_nothing_behind_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, words: str
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, call, failing(number))
        assert words in refusal(write_session, tmp_path / "s.ketamon", ENTRIES)
    assert list(tmp_path.iterdir()) == []


def test_file_is_on_the_disk_before_it_has_its_name_and_its_name_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    fsync, link = os.fsync, os.link

    def noted_fsync(descriptor: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        done.append("folder" if is_folder else "file")
        fsync(descriptor)

    def noted_link(*names: Any, **more: Any) -> None:
        done.append("name")
        link(*names, **more)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "link", noted_link)
    made(tmp_path / "s.ketamon")
    assert done == ["file", "name", "folder"]


@pytest.mark.parametrize(("number", "is_told"), [(errno.EINVAL, False), (errno.EIO, True)])
def test_disk_that_knows_no_fsync_of_folders_is_enough_but_one_that_fails_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, is_told: bool
) -> None:
    fsync = os.fsync

    def files_only(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", files_only)
    if is_told:
        assert "check the disk" in refusal(write_session, tmp_path / "s.ketamon", ENTRIES)
    else:
        assert read_session(made(tmp_path / "s.ketamon")) == ENTRIES


def test_full_database_is_told_as_a_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "s.ketamon"
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorname = "SQLITE_FULL"
    with running(tmp_path / "live.ketamon") as connection:

        class Full(sqlite3.Connection):
            def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
                if sql.startswith("VACUUM"):
                    raise error
                return connection.execute(sql, *more)

        with closing(Full(":memory:")) as full:
            assert "the disk is full" in refusal(close_into, full, path)
    assert [file.name for file in tmp_path.iterdir()] == ["live.ketamon"]


def test_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    assert "make the folder" in refusal(write_session, tmp_path / "no" / "s.ketamon", ENTRIES)


@pytest.mark.parametrize(
    "rot",
    [
        lambda data: data.replace(b'"spo2":97', b'"spo2":77'),
        lambda data: data[:5000],
        lambda data: data[::-1],
    ],
)
def test_file_that_can_not_be_read_back_never_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rot: Callable[[bytes], bytes]
) -> None:
    seal = session_file._seal

    def rots(part: Path) -> None:
        seal(part)
        part.write_bytes(rot(part.read_bytes()))

    monkeypatch.setattr(session_file, "_seal", rots)
    text = refusal(write_session, tmp_path / "s.ketamon", ENTRIES)
    assert "read back" in text
    assert ".part" not in text
    assert list(tmp_path.iterdir()) == []


def test_another_session_never_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closed: Path
) -> None:
    monkeypatch.setattr(session_file, "_seal", lambda part: part.write_bytes(closed.read_bytes()))
    assert "read back" in refusal(write_session, tmp_path / "s.ketamon", ENTRIES[:-1])
    assert list(tmp_path.iterdir()) == []


def test_file_without_its_seal_never_gets_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_file, "_digest", lambda *_: None)
    assert "read back" in refusal(write_session, tmp_path / "s.ketamon", ENTRIES)


# A session that runs, or ran until the power went


def test_running_session_is_read_up_to_its_last_commit_and_is_not_closed(tmp_path: Path) -> None:
    path = tmp_path / "live.ketamon"
    with running(path):
        assert read_session(path) == ENTRIES
        verdict = verify_session(path)
        assert (verdict.fault, verdict.closed) == (None, False)


def test_running_session_closes_into_a_file_of_the_same_fingerprint(tmp_path: Path) -> None:
    with running(tmp_path / "live.ketamon") as connection:
        close_into(connection, tmp_path / "s.ketamon")
        running_one = verify_session(tmp_path / "live.ketamon")
    closed = verify_session(tmp_path / "s.ketamon")
    assert (closed.fault, closed.closed) == (None, True)
    assert closed.fingerprint == running_one.fingerprint


@contextmanager
def folder_that_may_only_be_read(*files: Path) -> Iterator[Path]:
    """Copies of files in a folder in which this process, root or not, can make nothing."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in files:
            copied = folder / file.name
            copied.write_bytes(file.read_bytes())
            copied.chmod(0o444)
        folder.chmod(0o555)
        was_root = os.geteuid() == 0
        if was_root:
            os.seteuid(NOBODY)
        try:
            with pytest.raises(PermissionError):
                (folder / "x").touch()
            yield folder
        finally:
            if was_root:
                os.seteuid(0)
            folder.chmod(0o755)


def test_folder_that_may_only_be_read_is_enough_whatever_the_journal(
    closed: Path, tmp_path: Path
) -> None:
    with running(tmp_path / "wal.ketamon") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with folder_that_may_only_be_read(closed, tmp_path / "wal.ketamon") as folder:
        for name in (closed.name, "wal.ketamon"):
            assert read_session(folder / name) == ENTRIES
            assert verify_session(folder / name).fault is None
        assert "may not be written" in refusal(write_session, folder / "new.ketamon", ENTRIES)


def test_session_that_was_not_closed_in_a_folder_to_read_says_what_to_do(tmp_path: Path) -> None:
    path, wal = tmp_path / "live.ketamon", tmp_path / "live.ketamon-wal"
    with running(path), folder_that_may_only_be_read(path, wal) as folder:
        assert "copy it with its -wal file" in refusal(verify_session, folder / path.name)


def test_what_an_end_cut_short_left_beside_a_closed_file_is_not_heeded(tmp_path: Path) -> None:
    path = tmp_path / "s.ketamon"
    with running(path, ENTRIES[:4]):
        wal = Path(f"{path}-wal").read_bytes()
    path.unlink()
    made(path)
    Path(f"{path}-wal").write_bytes(wal)
    assert read_session(path) == ENTRIES
    assert verify_session(path).closed


# Files that are spoilt, or no session files


def is_found_out(path: Path) -> bool:
    """True if neither reading nor verifying takes the file for whole, and both end in a sentence."""
    try:
        fault = verify_session(path).fault
    except SessionFileError:
        fault = refusal(verify_session, path)
    if fault is None:
        return False
    assert "\n" not in fault
    assert "ZZCANARY" not in fault
    refusal(read_session, path)
    return True


def flips(path: Path, offsets: range) -> list[int]:
    """Gives the offsets at which a changed byte goes unnoticed."""
    data = path.read_bytes()
    target = path.with_name("flipped.ketamon")
    target.write_bytes(data)
    missed = []
    with target.open("r+b", buffering=0) as file:
        for offset in offsets:
            os.pwrite(file.fileno(), bytes([data[offset] ^ (1 << offset % 8)]), offset)
            if not is_found_out(target):
                missed.append(offset)
            os.pwrite(file.fileno(), data[offset : offset + 1], offset)
    return missed


def test_changed_byte_never_goes_unnoticed(closed: Path) -> None:
    assert flips(closed, range(100)) == []
    assert flips(closed, range(100, closed.stat().st_size, 101)) == []


@pytest.mark.slow
def test_no_changed_byte_at_all_goes_unnoticed(closed: Path) -> None:
    assert flips(closed, range(closed.stat().st_size)) == []


def test_file_that_was_cut_off_never_goes_unnoticed(closed: Path) -> None:
    data = closed.read_bytes()
    target = closed.with_name("cut.ketamon")
    lengths = {0, 1, 15, 16, 99, 100, 511, 512, len(data) - 1, *range(0, len(data), 509)}
    for length in sorted(lengths):
        target.write_bytes(data[:length])
        assert is_found_out(target), length


def test_file_that_grew_never_goes_unnoticed(closed: Path) -> None:
    target = closed.with_name("grown.ketamon")
    for more in (b"\0", b"\0" * 4096, closed.read_bytes()):
        target.write_bytes(closed.read_bytes() + more)
        assert is_found_out(target)


@pytest.mark.parametrize(
    ("sql", "first_bad", "words"),
    [
        ("UPDATE entry SET body = replace(body, '172', '152') WHERE seq = 8", 8, "changed"),
        ("UPDATE entry SET t_ms = t_ms + 1 WHERE seq = 4", 4, "changed"),
        ("UPDATE entry SET kind = 'note' WHERE seq = 9", 9, "changed"),
        ("UPDATE entry SET hash = zeroblob(32) WHERE seq = 5", 5, "changed"),
        ("UPDATE entry SET hash = zeroblob(0) WHERE seq = 5", 5, "damaged"),
        ("DELETE FROM entry WHERE seq = 1", 1, "missing"),
        ("DELETE FROM entry WHERE seq BETWEEN 6 AND 7", 6, "missing"),
        ("UPDATE entry SET seq = 99 WHERE seq = 8", 8, "out of order"),
        ("UPDATE entry SET seq = CASE seq WHEN 8 THEN -9 ELSE -8 END WHERE seq IN (8, 9);"
         "UPDATE entry SET seq = -seq WHERE seq < 0", 8, "out of order"),
        ("INSERT INTO entry SELECT 14, t_ms, kind, body, hash FROM entry WHERE seq = 13", 14, "changed"),
        ("DELETE FROM entry WHERE seq > 11", None, "changed after it was closed"),
        ("INSERT INTO raw VALUES (1, 0, 'cuff', x'00', zeroblob(32))", None, "raw bytes 1 was changed"),
        ("DROP VIEW alarm; CREATE VIEW alarm AS SELECT 1 AS value", None, "after it was closed"),
        ("CREATE TABLE more (x)", None, "after it was closed"),
        ("DELETE FROM seal", None, "after it was closed"),
    ],
)  # fmt: skip
def test_change_made_with_plain_sqlite_is_named(
    closed: Path, sql: str, first_bad: int | None, words: str
) -> None:
    target = copy(closed, "changed.ketamon")
    with spoiling(target) as connection:
        connection.executescript(sql)
    verdict = verify_session(target)
    assert verdict.fault is not None
    assert words in verdict.fault
    assert verdict.first_bad_seq == first_bad
    assert words in refusal(read_session, target)


def test_damaged_page_names_the_first_entry_on_it(tmp_path: Path) -> None:
    lines = (b'{"t":%d,"kind":"heart_rate","heart_rate":%d}' % (n, n) for n in range(1, 401))
    path = made(tmp_path / "s.ketamon", [decode(line) for line in lines])
    data = bytearray(path.read_bytes())
    page = data.index(b'"heart_rate":200') // 4096 * 4096
    in_page = [n for n in range(1, 401) if b'"heart_rate":%d}' % n in data[page : page + 4096]]
    data[page : page + 4096] = bytes(4096)
    target = tmp_path / "damaged.ketamon"
    target.write_bytes(data)
    verdict = verify_session(target)
    assert verdict.first_bad_seq == min(in_page) > 1
    assert verdict.fault == f"entry {min(in_page)} is damaged"


def test_view_that_was_changed_in_a_file_not_closed_is_told(tmp_path: Path) -> None:
    with running(tmp_path / "s.ketamon") as connection:
        connection.executescript("DROP VIEW alarm; CREATE VIEW alarm AS SELECT 1 AS value")
        fault = verify_session(tmp_path / "s.ketamon").fault
    assert fault is not None
    assert "views were changed" in fault


def test_line_of_another_time_or_kind_than_its_row_is_refused(tmp_path: Path) -> None:
    for odd in (
        Entry(1, 5, "note", None, line=b'{"t":1,"kind":"note"}'),
        Entry(1, 1000, "dose", None, line=b'{"t":1,"kind":"note"}'),
    ):
        path = made(tmp_path / f"{odd.kind}.ketamon", [odd])
        assert "another time or kind" in refusal(read_session, path)


def test_form_that_only_a_newer_version_knows_is_refused(tmp_path: Path) -> None:
    newer = Entry(1, 1000, "device", None, line=b'{"t":1,"kind":"device","state":"asleep"}')
    path = made(tmp_path / "s.ketamon", [newer])
    assert "update ketamon" in refusal(read_session, path)


def database(path: Path, sql: str) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(sql)
    return path


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("CREATE TABLE t (x)", "another program"),
        ("PRAGMA application_id = 1262834753; CREATE TABLE t (x)", "damaged"),
        ("PRAGMA application_id = 1262834753; PRAGMA user_version = 1; CREATE TABLE t (x)", "damaged"),
        ("PRAGMA application_id = 1262834753; PRAGMA user_version = 2; CREATE TABLE t (x)", "update"),
        (
            "PRAGMA application_id = 1262834753; PRAGMA user_version = 1; CREATE TABLE raw (seq, t_ms, device, bytes, hash);"
            "CREATE TABLE seal (digest); INSERT INTO seal VALUES (x'00'); CREATE VIEW entry AS "
            "SELECT 1 AS seq, 0 AS t_ms, 'note' AS kind, '{}' AS body, x'00' AS hash",
            "damaged",
        ),
    ],
)  # fmt: skip
def test_database_of_another_kind_is_refused(tmp_path: Path, sql: str, words: str) -> None:
    path = database(tmp_path / "s.ketamon", sql)
    assert words in refusal(read_session, path)
    assert words in refusal(verify_session, path)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda _path: None, "no such file"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.write_bytes(b""), "is not a session file"),
        (lambda path: path.write_text("time,HR\n0,70\n"), "ketamon import"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" * 300), "damaged"),
        (lambda path: path.symlink_to(path), "can't be read"),
    ],
)
def test_what_is_no_session_file_is_refused(
    tmp_path: Path, make: Callable[[Path], object], words: str
) -> None:
    path = tmp_path / "s.ketamon"
    make(path)
    assert words in refusal(read_session, path)
    assert words in refusal(verify_session, path)


def test_file_of_random_bytes_behind_a_true_header_is_refused(closed: Path) -> None:
    noise = b"".join(hashlib.sha256(bytes([n % 256, n // 256])).digest() for n in range(1500))
    target = closed.with_name("noise.ketamon")
    target.write_bytes(closed.read_bytes()[:100] + noise)
    assert is_found_out(target)
