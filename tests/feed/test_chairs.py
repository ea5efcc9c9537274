"""A chair has one engine, which is believed only while it lives."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ketamon.feed import chairs
from ketamon.feed.chairs import (
    ChairInfo,
    ChairNameError,
    ChairTakenError,
    hold_chair,
    is_kept,
    running_chairs,
    stop_engine,
)

INFO = {"session": "/data/a.ketamon", "pid": os.getpid(), "since": "10:00", "socket": "/run/1"}
HOLDER = """
import os, sys
from ketamon.feed.chairs import hold_chair
lock = hold_chair("1", {"session": "/data/other.ketamon", "pid": os.getpid(), "since": "09:00"})
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for sockets and locks of this test alone."""
    monkeypatch.setenv("KETAMON_RUN", str(tmp_path / "run"))
    return tmp_path / "run"


def holder() -> subprocess.Popen[str]:
    """Another engine at chair 1."""
    program = subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "held\n"
    return program


def test_held_chair_says_what_runs_there_and_a_released_one_is_gone(run_folder: Path) -> None:
    with hold_chair("2", INFO), hold_chair("1", {"pid": 7}):
        assert running_chairs() == [ChairInfo("1", pid=7), ChairInfo("2", **INFO)]
        told = run_folder / "chair-2.json"
        assert json.loads(told.read_bytes()) == {"chair": "2", **INFO, "keeper": 0, "trouble": ""}
        assert told.stat().st_mode & 0o777 == 0o600
    assert running_chairs() == []
    assert not list(run_folder.glob("*.json*"))


def test_what_runs_can_be_told_anew(run_folder: Path) -> None:
    with hold_chair("1", {"pid": 7}) as chair:
        chair.tell(INFO)
        assert running_chairs() == [ChairInfo("1", **INFO)]


def test_second_engine_is_told_at_once_which_session_runs_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        chairs.time, "sleep", lambda _: pytest.fail("nobody who lives is waited for")
    )
    with holder() as other:
        with pytest.raises(ChairTakenError) as taken:
            hold_chair("1", INFO)
        assert taken.value.info.session == "/data/other.ketamon"
        assert taken.value.info.pid == other.pid
        assert str(taken.value).startswith("chair 1 runs session other.ketamon since 09:00; ")
        assert "`ketamon watch 1`" in str(taken.value)
        other.kill()


def test_killed_engine_runs_no_more_though_its_words_stay(run_folder: Path) -> None:
    with holder() as other:
        assert [info.chair for info in running_chairs()] == ["1"]
        other.kill()
    assert (run_folder / "chair-1.json").exists()
    assert running_chairs() == []
    with hold_chair("1", INFO):
        assert running_chairs() == [ChairInfo("1", **INFO)]


def test_somebody_who_only_asks_takes_no_chair_from_anybody(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with hold_chair("1", {}):
        pass
    asked = chairs.LockFile.take(run_folder / "chair-1.lock")
    assert asked is not None
    monkeypatch.setattr(chairs.time, "sleep", lambda _: asked.release())
    with hold_chair("1", INFO) as chair:
        assert chair.info.chair == "1"


def test_a_stuck_engine_is_stopped_by_the_process_that_has_its_chair_open() -> None:
    with holder() as other:
        os.kill(other.pid, signal.SIGSTOP)
        [info] = running_chairs()
        assert not stop_engine(replace(info, pid=os.getppid()))
        assert other.poll() is None
        assert stop_engine(info)
        assert other.wait(5) == -signal.SIGKILL
    assert running_chairs() == []
    assert stop_engine(info)


def test_a_chair_is_kept_while_its_keeper_lives(run_folder: Path) -> None:
    socket = run_folder / "chair-1.sock"
    run_folder.mkdir()
    assert not is_kept(socket)
    held = chairs.LockFile.take(run_folder / "chair-1.keeper")
    assert held is not None
    assert is_kept(socket)
    assert running_chairs() == []
    held.release()
    assert not is_kept(socket)
    assert not is_kept(Path())


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 21, "é", "1\n", "a/b"])
def test_name_that_is_no_part_of_a_file_name_is_refused(name: str) -> None:
    with pytest.raises(ChairNameError, match="letters, digits"):
        hold_chair(name, INFO)


@pytest.mark.parametrize("told", ["", "{", "[]", '{"pid":"x"}', '{"session":5}', "\udcff"])
def test_words_that_can_not_be_read_leave_the_chair_alone(run_folder: Path, told: str) -> None:
    with hold_chair("1", INFO):
        (run_folder / "chair-1.json").write_bytes(told.encode("utf-8", "surrogateescape"))
        assert running_chairs() == [ChairInfo("1")]
        assert ChairInfo("1").sentence() == "chair 1 runs a session"


def test_words_of_a_newer_engine_are_read_as_far_as_they_are_known(run_folder: Path) -> None:
    with hold_chair("1", INFO):
        (run_folder / "chair-1.json").write_text('{"chair":"9","pid":3,"colour":"red"}')
        assert running_chairs() == [ChairInfo("1", pid=3)]


def test_chair_that_can_not_be_told_is_let_go(
    run_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(chairs, "_write", fails)
        with pytest.raises(OSError, match="No space"):
            hold_chair("1", INFO)
    assert running_chairs() == []
