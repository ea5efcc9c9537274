"""The keeper keeps a chair's sound going as long as it keeps the chair's engine."""

import subprocess
from typing import Any

import pytest

from ketamon.engine import keeper as module
from ketamon.engine.keeper import SOUND_AGAIN_AFTER_S, Keeper

REQUEST = {"socket": "/run/chair-1.sock", "chair": "1"}


class Process:
    """Instead of a program."""

    def __init__(self, arguments: list[str], **_how: Any) -> None:
        self.arguments = arguments
        self.code: int | None = None
        self.hangs = False
        self.did: list[str] = []

    def poll(self) -> int | None:
        return self.code

    def terminate(self) -> None:
        self.did.append("terminate")

    def kill(self) -> None:
        self.did.append("kill")

    def wait(self, _seconds: float) -> int:
        if self.hangs:
            raise subprocess.TimeoutExpired("sound", 1)
        return 0


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    found: list[Process] = []

    def start(arguments: list[str], **how: Any) -> Process:
        found.append(Process(arguments, **how))
        return found[-1]

    monkeypatch.setattr(module.subprocess, "Popen", start)
    return found


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    return now


def test_the_sound_is_started_once_and_again_when_it_has_died(
    started: list[Process], clock: list[float]
) -> None:
    keeper = Keeper({**REQUEST})
    for _ in range(10):
        keeper._keep_sound()
    assert [process.arguments[-3:] for process in started] == [
        ["ketamon.sound", "/run/chair-1.sock", "1"]
    ]
    started[0].code = -9
    clock[0] += SOUND_AGAIN_AFTER_S - 0.1
    keeper._keep_sound()
    assert len(started) == 1  # one that dies at once is not started in a circle
    clock[0] += 0.1
    keeper._keep_sound()
    assert len(started) == 2


def test_a_sound_that_can_not_be_started_is_tried_again_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_arguments: Any, **_how: Any) -> None:
        raise OSError("no memory")

    monkeypatch.setattr(module.subprocess, "Popen", fails)
    keeper = Keeper({**REQUEST})
    keeper._keep_sound()
    keeper._end_sound()


@pytest.mark.parametrize(("hangs", "did"), [(False, ["terminate"]), (True, ["terminate", "kill"])])
def test_the_sound_ends_with_the_session(
    started: list[Process], hangs: bool, did: list[str]
) -> None:
    keeper = Keeper({**REQUEST})
    keeper._keep_sound()
    started[0].hangs = hangs
    keeper._end_sound()
    assert started[0].did == did
