"""A screen whose terminal goes away goes too: at once, whatever comes first, using no CPU."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.chair import KETAMON, RealChair
from tests.e2e.terminal import Terminal

GONE_WITHIN_S = 2.0
LEAD = f"import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv({sys.executable!r}, sys.argv[1:])"  # fmt: skip
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")


@pytest.fixture
def chair() -> Iterator[RealChair]:
    """A chair whose session runs, and goes on whatever screens do."""
    with RealChair() as made:
        made.start(*made.room(1))
        made.note()
        yield made


@contextmanager
def screen(chair: RealChair, *, leads: bool) -> Iterator[Terminal]:
    """A screen; one that `leads` owns its terminal, so that the system tells it of a hang-up."""
    command = [*KETAMON, "watch"]
    if leads:
        command = [sys.executable, "-c", LEAD, *command]
    with Terminal(command, env=chair.env) as made:
        yield made


def hang_up(terminal: Terminal) -> None:
    """Closes the terminal's window: its number stays taken, by nothing."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, terminal.master)
    os.close(nothing)


def cpu_s(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def assert_gone(terminal: Terminal, what: str) -> None:
    """Fails where the screen lives on."""
    try:
        terminal.process.wait(GONE_WITHIN_S)
    except subprocess.TimeoutExpired:
        used = cpu_s(terminal.process.pid)
        time.sleep(0.5)
        used = cpu_s(terminal.process.pid) - used
        raise AssertionError(f"{what}: it lives on, at {used / 0.5:.0%} of a core") from None


def hup(terminal: Terminal) -> None:
    terminal.process.send_signal(signal.SIGHUP)


WAYS: dict[str, tuple[bool, tuple[Callable[[Terminal], None], ...]]] = {
    "told by the system": (True, (hang_up,)),
    "told by the system and by another": (True, (hang_up, hup)),
    "told by another, then hung up": (True, (hup, hang_up)),
    "never told": (False, (hang_up,)),
    "told by another": (False, (hang_up, hup)),
}


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_ten_screens_whose_terminals_close_are_gone(chair: RealChair, way: str) -> None:
    leads, steps = WAYS[way]
    for count in range(10):
        with screen(chair, leads=leads) as terminal:
            terminal.until("SIMULATED")
            if count % 2:  # not only while it comes up
                terminal.until("oximeter")
            for step in steps:
                step(terminal)
            assert_gone(terminal, f"{way}, {count}")
    assert chair.until(lambda _now: True)["mode"] == "SIMULATED"


def test_screen_whose_terminal_closes_is_gone(chair: RealChair) -> None:
    for leads in (True, False, True, True):
        with screen(chair, leads=leads) as terminal:
            terminal.until("SIMULATED")
            hang_up(terminal)
            assert_gone(terminal, f"leads: {leads}")


@pytest.mark.slow
def test_screen_that_was_stopped_goes_on_with_the_threads_it_had_and_can_be_left(
    chair: RealChair,
) -> None:
    with screen(chair, leads=True) as terminal:
        terminal.until("SIMULATED")
        threads = Path(f"/proc/{terminal.process.pid}/task")
        before = len(list(threads.iterdir()))
        for _ in range(3):
            terminal.process.send_signal(signal.SIGSTOP)
            terminal.process.send_signal(signal.SIGCONT)
            terminal.press("?")
            terminal.until("KEYS 1 of")
            terminal.press("\x1b")
            terminal.until(lambda text: "KEYS" not in text)
        assert len(list(threads.iterdir())) == before
        terminal.press("q")
        terminal.until("leave this screen?")
        terminal.press("y")
        assert terminal.end() == 0


STUCK = """
import time
from textual.app import App
from ketamon.tui.driver import driver_class

class Stuck(App):
    def on_mount(self):
        self.set_timer(0.1, lambda: (self._driver.write("STUCK"), time.sleep(60)))

Stuck(driver_class=driver_class()).run()
"""


def test_screen_whose_loop_is_stuck_is_gone_too() -> None:
    with Terminal([sys.executable, "-c", STUCK]) as terminal:
        terminal.until("STUCK")
        hang_up(terminal)
        assert_gone(terminal, "stuck")
