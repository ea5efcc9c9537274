"""An engine beats for its keeper, and looks for another one where that is gone."""

import json
import math
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ketamon.engine import kept as module
from ketamon.engine.keeper import BEAT, DONE, REQUEST, Keeper
from ketamon.engine.kept import TRIED_AGAIN_AFTER_BEATS, Kept
from ketamon_drivers.lock_file import LockFile
from tests.engine.chairside import Chairside, at_a_chair


class Started:
    """Instead of a keeper: notes what one would be told; `reads` is its end of the pipe."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []
        self.reads = -1
        self.can = True
        self.pid = 77

    def __call__(self, _arguments: list[str], env: dict[str, str], **_how: Any) -> "Started":
        if not self.can:
            raise OSError("no memory")
        self.requests.append(json.loads(env[REQUEST]))
        self.reads = os.dup(self.requests[-1]["adopt"][1])
        return self

    def poll(self) -> None:
        return None


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    made = Started()
    monkeypatch.setattr(module.subprocess, "Popen", made)
    monkeypatch.setenv(REQUEST, json.dumps({"chair": "1", "beat_fd": 99}))
    return made


def faults(chair: Chairside) -> list[str]:
    return [f"{f.body.what} {f.body.detail}" for f in chair.kept.of("fault")]


def test_a_lost_keeper_is_told_once_and_another_adopts_the_engine(
    tmp_path: Path, started: Started
) -> None:
    keepers: list[int] = []

    async def beats(chair: Chairside) -> None:
        reads, writes = os.pipe()
        kept = Kept(writes, chair.session, tmp_path / "s.ketamon", tmp_path / "chair-1.sock")
        kept.tell = keepers.append
        kept.beat()
        assert os.read(reads, 9) == BEAT
        assert not started.requests
        os.close(reads)
        kept.beat()
        assert faults(chair) == ["keeper lost"]
        kept.beat()  # it is there, but does not watch yet
        assert faults(chair) == ["keeper lost"]
        held = LockFile.take(tmp_path / "chair-1.keeper")
        assert held is not None
        kept.beat()
        assert faults(chair) == ["keeper lost", "keeper back"]
        kept.done()
        assert os.read(started.reads, 9) == BEAT * 2 + DONE
        held.release()
        os.close(started.reads)

    at_a_chair(beats)
    assert keepers == [77]
    [request] = started.requests
    assert request["adopt"][0] == os.getpid()
    assert (request["resume"], request["chair"]) == (str(tmp_path / "s.ketamon"), "1")


def test_where_no_keeper_can_be_started_it_is_tried_again(tmp_path: Path, started: Started) -> None:
    started.can = False

    async def beats(chair: Chairside) -> None:
        reads, writes = os.pipe()
        kept = Kept(writes, chair.session, tmp_path / "s.ketamon", tmp_path / "chair-1.sock")
        os.close(reads)
        kept.beat()
        started.can = True
        for _ in range(TRIED_AGAIN_AFTER_BEATS - 1):
            kept.beat()
        assert not started.requests
        kept.beat()
        assert len(started.requests) == 1
        assert faults(chair) == ["keeper lost"]
        os.close(started.reads)
        assert kept.fd is not None
        os.close(kept.fd)

    at_a_chair(beats)


def test_a_keeper_that_is_stopped_for_hours_is_not_lost(tmp_path: Path) -> None:
    async def beats(chair: Chairside) -> None:
        reads, writes = os.pipe()
        os.set_blocking(writes, False)
        while True:
            try:
                os.write(writes, b"." * 65536)
            except BlockingIOError:
                break
        Kept(writes, chair.session, tmp_path / "s", tmp_path / "chair-1.sock").beat()
        assert faults(chair) == []
        os.close(reads)
        os.close(writes)

    at_a_chair(beats)


def test_an_engine_that_nobody_ever_kept_misses_nobody(tmp_path: Path, started: Started) -> None:
    async def beats(chair: Chairside) -> None:
        kept = Kept(None, chair.session, tmp_path / "s", tmp_path / "chair-1.sock")
        kept.beat()
        kept.done()
        assert faults(chair) == []

    at_a_chair(beats)
    assert not started.requests


@pytest.mark.parametrize(("last", "code"), [(BEAT, 1), (BEAT + DONE, 0)])
def test_a_keeper_tells_an_adopted_engines_end_from_its_death(
    tmp_path: Path, last: bytes, code: int
) -> None:
    reads, writes = os.pipe()
    keeper = Keeper({"socket": str(tmp_path / "chair-1.sock"), "adopt": [os.getpid(), reads]})
    keeper.sound_again_at = math.inf  # a sound process is none of this test's business
    os.write(writes, last)
    os.close(writes)
    assert keeper._adopt(os.getpid(), reads) == code
    assert keeper.held is not None
    assert keeper.was_ready
    keeper.held.release()


def test_a_keeper_kills_an_adopted_engine_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ketamon.engine.keeper.STUCK_S", 0.05)
    reads, writes = os.pipe()
    engine = subprocess.Popen(["sleep", "60"], pass_fds=(writes,))
    os.close(writes)
    keeper = Keeper({"socket": str(tmp_path / "chair-1.sock"), "adopt": [engine.pid, reads]})
    assert keeper._adopt(engine.pid, reads) == 1
    assert engine.wait(5) == -signal.SIGKILL
    assert keeper.held is not None
    keeper.held.release()
