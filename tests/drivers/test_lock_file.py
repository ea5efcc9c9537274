"""A lock has one holder, and is let go whatever becomes of it."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from ketamon_drivers.lock_file import LockFile, is_held

HOLDER = """
import sys
from pathlib import Path
from ketamon_drivers.lock_file import LockFile
lock = LockFile.take(Path(sys.argv[1]))
print("held" if lock else "taken", flush=True)
sys.stdin.read()
"""


def holder(path: Path) -> subprocess.Popen[str]:
    """Another program that holds the lock until its standard input ends."""
    command = [sys.executable, "-c", HOLDER, str(path)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def first_line(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def test_second_taker_gets_none_until_the_first_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "l"
    first = LockFile.take(path)
    assert first is not None
    assert LockFile.take(path) is None
    assert is_held(path)
    first.release()
    first.release()
    assert not is_held(path)
    second = LockFile.take(path)
    assert second is not None
    second.release(remove=True)
    assert not path.exists()


def test_killed_holder_holds_nothing(tmp_path: Path) -> None:
    with holder(tmp_path / "l") as program:
        assert first_line(program) == "held"
        assert LockFile.take(tmp_path / "l") is None
        program.kill()
    assert not is_held(tmp_path / "l")
    lock = LockFile.take(tmp_path / "l")
    assert lock is not None
    lock.release()


def test_child_of_the_holder_does_not_go_on_holding(tmp_path: Path) -> None:
    lock = LockFile.take(tmp_path / "l")
    assert lock is not None
    command = [sys.executable, "-c", "print('here', flush=True); input()"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, close_fds=False
    ) as child:
        assert first_line(child) == "here"
        lock.release()
        assert not is_held(tmp_path / "l")
        child.communicate("\n")


def test_lock_on_a_file_that_was_taken_away_is_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "l"
    first = LockFile.take(path)
    assert first is not None
    opened = os.open(path, os.O_RDWR)  # as one does who asked just before it was removed
    first.release(remove=True)
    current = LockFile.take(path)
    assert current is not None
    real = os.open
    calls: list[int] = []

    def stale_at_first(*arguments: object, **more: object) -> int:
        calls.append(1)
        return opened if len(calls) == 1 else real(*arguments, **more)  # type: ignore[arg-type]

    os.open = stale_at_first  # type: ignore[assignment]
    try:
        assert LockFile.take(path) is None
    finally:
        os.open = real
    assert len(calls) == 2


def test_two_who_only_ask_do_not_take_each_other_for_a_holder(tmp_path: Path) -> None:
    (tmp_path / "l").touch()
    asking = os.open(tmp_path / "l", os.O_RDONLY)
    fcntl.flock(asking, fcntl.LOCK_SH)
    assert not is_held(tmp_path / "l")
    os.close(asking)


def test_lock_is_private(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        lock = LockFile.take(tmp_path / "l")
    finally:
        os.umask(before)
    assert lock is not None
    lock.release()
    assert (tmp_path / "l").stat().st_mode & 0o777 == 0o600
    assert not is_held(tmp_path / "never made")
