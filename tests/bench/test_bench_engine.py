"""The engine at a chair at 1 Hz: 1 % CPU, 60 MB; device byte → terminal byte 20 ms (DESIGN 13).

Real keeper, engine and screen; the test is the oximeter at the other end of a pseudo-terminal.
"""

import os
import random
import select
import socket
import statistics
import time
import tty
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest

from ketamon_drivers.protocols import nonin_df8
from ketamon_drivers.readings import Oximetry
from tests.e2e.chair import KETAMON, RealChair
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.bench

CPU_BUDGET_PCT, MEMORY_BUDGET_MB, SCREEN_BUDGET_MS = 1.0, 60.0, 20.0
WATCHED_S = 10.0
FRAMES = 200
ANSWER_S = 2.0
QUIET_S = 0.03
BLOCK = "█".encode()
"""Part of a big figure; the clock's ticks draw none."""


class Oximeter:
    """The device's end of a pseudo-terminal."""

    def __init__(self, values: tuple[int, ...] = (97, 88)) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        self._slave = slave  # held open, as a device that stays plugged in
        self._values = cycle(values)

    def say(self) -> float:
        """Sends a frame with another value than before; gives when."""
        frame = nonin_df8.encode(Oximetry(next(self._values), 75))
        at = time.perf_counter()
        os.write(self.master, frame)
        return at


@pytest.fixture
def oximeter() -> Oximeter:
    return Oximeter()


@pytest.fixture
def chair(oximeter: Oximeter) -> Iterator[RealChair]:
    """A session with that oximeter."""
    with RealChair() as made:
        made.start("--oximeter", f"nonin-df8:{oximeter.path}", "--phase", "dosing")
        for _ in range(3):
            oximeter.say()
            time.sleep(0.1)
        made.until(lambda now: now["devices"][0]["state"] == "streaming")
        yield made


def run_s(pid: int) -> float:
    """Seconds of CPU that all threads of a process have used."""
    return sum(
        int(task.joinpath("schedstat").read_text().split()[0])
        for task in Path(f"/proc/{pid}/task").iterdir()
    ) / 1e9  # fmt: skip


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS"))


def milliseconds(
    say: Callable[[], float],
    seen: Callable[[], bool],
    frames: int,
    forget: Callable[[], None] = lambda: None,
) -> list[float]:
    """How long after each frame it was seen; frames come at no beat that anything else keeps.

    `forget` throws away what is still on its way because of the frame before.
    """
    chance = random.Random(1)
    found = []
    for _ in range(frames):
        time.sleep(0.06 + chance.random() * 0.08)
        forget()
        at = say()
        assert seen(), "a frame was never seen"
        found.append((time.perf_counter() - at) * 1e3)
    return sorted(found)


def percentiles(found: list[float]) -> str:
    p50, p95, p99 = (found[int(len(found) * part)] for part in (0.5, 0.95, 0.99))
    return f"p50 {p50:6.2f}   p95 {p95:6.2f}   p99 {p99:6.2f} ms"


class Line:
    """A viewer of the plainest kind: bytes of the feed, as they come."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(path))
        self.socket.sendall(b'{"type":"attach","protocol":1}\n')

    def forget(self) -> None:
        """What has come so far is not waited for."""
        while select.select([self.socket], [], [], 0.2)[0]:
            self.socket.recv(1 << 20)

    def has_come(self, words: bytes) -> bool:
        deadline = time.perf_counter() + ANSWER_S
        data = b""
        while words not in data and select.select([self.socket], [], [], ANSWER_S)[0]:
            data += self.socket.recv(1 << 20)
            if time.perf_counter() > deadline:
                return False
        return words in data


def test_engine_at_one_hertz_stays_in_budget(
    chair: RealChair, oximeter: Oximeter, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = chair.engine
    found = {}
    viewer = None
    for watched_by in ("nobody", "a viewer"):
        if watched_by != "nobody":
            viewer = Line(chair.socket)
        used, began = run_s(engine), time.perf_counter()
        while time.perf_counter() - began < WATCHED_S:
            oximeter.say()
            time.sleep(1)
        found[watched_by] = 100 * (run_s(engine) - used) / (time.perf_counter() - began)
    if viewer is not None:
        viewer.socket.close()
    memory = memory_mb(engine)
    with capsys.disabled():
        print("\nthe engine at 1 Hz")
        for watched_by, pct in found.items():
            print(f"  CPU, seen by {watched_by:<9} {pct:5.2f} %    budget {CPU_BUDGET_PCT} %")
        print(f"  memory                 {memory:5.1f} MB   budget {MEMORY_BUDGET_MB} MB")
    assert statistics.median(found.values()) < CPU_BUDGET_PCT
    assert memory < MEMORY_BUDGET_MB


def test_device_byte_is_a_feed_line_and_a_terminal_byte_in_time(
    chair: RealChair, oximeter: Oximeter, capsys: pytest.CaptureFixture[str]
) -> None:
    line = Line(chair.socket)
    line.forget()
    to_feed = milliseconds(oximeter.say, lambda: line.has_come(b'"kind":"oximetry"'), FRAMES)
    line.socket.close()
    with Terminal([*KETAMON, "watch"], env=chair.env) as screen:
        oximeter.say()
        screen.until(lambda text: "oximeter" in text)
        screen.until(lambda text: "█" in text)

        def drawn() -> bool:
            deadline = time.perf_counter() + ANSWER_S
            data = b""
            while BLOCK not in data:
                left = deadline - time.perf_counter()
                if left < 0 or not select.select([screen.master], [], [], left)[0]:
                    return False
                data += os.read(screen.master, 1 << 16)
            return True

        def forget() -> None:
            while select.select([screen.master], [], [], QUIET_S)[0]:
                os.read(screen.master, 1 << 16)

        to_screen = milliseconds(oximeter.say, drawn, FRAMES, forget)
    with capsys.disabled():
        print("\ndevice byte →")
        print(f"  feed line       {percentiles(to_feed)}")
        print(f"  terminal byte   {percentiles(to_screen)}   budget p95 {SCREEN_BUDGET_MS} ms")
    assert to_screen[int(len(to_screen) * 0.95)] < SCREEN_BUDGET_MS
