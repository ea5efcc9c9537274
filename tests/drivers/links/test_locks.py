import os
import subprocess
import sys
from pathlib import Path

import pytest

from ketamon_drivers import lock_file
from ketamon_drivers.links.locks import hold


def test_lock_has_one_holder_until_it_is_released(tmp_path: Path) -> None:
    folder = tmp_path / "run" / "devices"
    lock = hold("/dev/serial/by-id/usb-x", folder)
    assert lock is not None
    assert hold("/dev/serial/by-id/usb-x", folder) is None
    other = hold("/dev/serial/by-id/usb-y", folder)
    assert other is not None
    lock.release()
    lock.release()
    again = hold("/dev/serial/by-id/usb-x", folder)
    assert again is not None
    again.release()
    other.release()


def test_a_lock_whose_file_was_taken_away_is_held_by_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = hold("x", tmp_path)
    assert first is not None

    def release_first(descriptor: int, how: int) -> None:
        first.release(remove=True)  # in the moment between another's open and its lock
        flock(descriptor, how)

    flock = lock_file.fcntl.flock
    with monkeypatch.context() as patched:
        patched.setattr(lock_file.fcntl, "flock", release_first)
        second = hold("x", tmp_path)
    assert second is not None
    assert hold("x", tmp_path) is None
    second.release(remove=True)
    assert list(tmp_path.iterdir()) == []


def test_lock_dies_with_its_holder_and_lives_in_no_program_that_it_started(tmp_path: Path) -> None:
    program = (
        "import subprocess, sys, pathlib\n"
        "from ketamon_drivers.links.locks import hold\n"
        "assert hold('x', pathlib.Path(sys.argv[1]))\n"
        "child = subprocess.Popen(['sleep', '60'], close_fds=False)\n"
        "print(child.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, tmp_path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout is not None
    child = int(holder.stdout.readline())
    try:
        assert hold("x", tmp_path) is None
        holder.kill()
        holder.wait()
        lock = hold("x", tmp_path)
        assert lock is not None
        lock.release()
    finally:
        os.kill(child, 9)
        for pipe in (holder.stdin, holder.stdout):
            assert pipe is not None
            pipe.close()
