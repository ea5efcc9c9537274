"""A screen in a real terminal that is treated badly: it stalls, storms, pastes, repeats and is told to go."""

import signal
import sys
from collections.abc import Iterator

import pytest

from tests.e2e.chair import KETAMON, RealChair
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.slow
NASTY = "FK\x1b[2J\x1b]0;taken\x07-9"
RESTORED = (b"\x1b[?1049l", b"\x1b[?1000l", b"\x1b[?1006l", b"\x1b[?2004l", b"\x1b[?25h")
STALL_S = 6.0
CRASH = """
import asyncio, sys
from pathlib import Path
from ketamon.tui import app

def broken(*_):
    raise RuntimeError("FK-27")

async def crash():
    asyncio.get_running_loop().call_later(1.0, setattr, app, "draw", broken)
    return await app.run_screen(Path(sys.argv[1]))

sys.exit(asyncio.run(crash()) or 0)
"""


@pytest.fixture(scope="module")
def chair() -> Iterator[RealChair]:
    with RealChair() as made:
        made.start(*made.room(1), "--title", NASTY)
        made.note()
        yield made


def is_restored(terminal: Terminal) -> bool:
    """True where each mode that the screen set was taken back after it was last set."""
    return all(
        0 <= terminal.bytes.rfind(off.replace(b"l", b"h") if off[-1:] == b"l" else off)
        <= terminal.bytes.rfind(off)
        for off in RESTORED
    )  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize("command", ["watch", "board"])
def test_a_signal_restores_the_terminal(
    chair: RealChair, command: str, number: signal.Signals
) -> None:
    with Terminal([*KETAMON, command], env=chair.env) as terminal:
        terminal.until("SIMULATED")
        terminal.process.send_signal(number)
        terminal.end()
        assert is_restored(terminal), terminal.bytes[-200:]
    assert chair.until(lambda _now: True)["mode"] == "SIMULATED"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_restores_the_terminal_of_a_wall_too(
    chair: RealChair, number: signal.Signals
) -> None:
    with Terminal([*KETAMON, "wall"], env=chair.env) as terminal:
        terminal.until("SIMULATED")
        terminal.process.send_signal(number)
        assert terminal.end() == 0
        for mode in (b"\x1b[?1049", b"\x1b[?25"):
            taken, back = (b"h", b"l") if b"1049" in mode else (b"l", b"h")
            assert 0 <= terminal.bytes.rfind(mode + taken) < terminal.bytes.rfind(mode + back)


def test_a_crash_restores_the_terminal_and_says_one_sentence_without_a_name(
    chair: RealChair,
) -> None:
    command = [sys.executable, "-c", CRASH, str(chair.socket)]
    with Terminal(command, env=chair.env) as terminal:
        terminal.until("SIMULATED")
        assert terminal.end() == 1
        assert is_restored(terminal)
        after = terminal.bytes[terminal.bytes.rfind(b"\x1b[?1049l") :].decode()
    assert "the screen stopped by a fault of its own (RuntimeError at" in after
    assert "FK" not in after
    assert "Traceback" not in after


@pytest.mark.parametrize("command", ["watch", "board"])
def test_a_terminal_that_stops_reading_freezes_nothing_and_catches_up_whole(
    chair: RealChair, command: str
) -> None:
    with Terminal([*KETAMON, command], size=(120, 40), env=chair.env) as terminal:
        terminal.until("SIMULATED")
        before = chair.until(lambda _now: True)["t"]
        after = chair.until(lambda now: now["t"] > before + STALL_S)["t"]  # nobody reads meanwhile
        assert after - before < STALL_S + 3
        terminal.press("?")
        terminal.until("KEYS")
        terminal.press("\x1b")
        terminal.until(lambda text: "KEYS" not in text)


def test_a_storm_of_sizes_ends_in_a_whole_picture(chair: RealChair) -> None:
    with Terminal([*KETAMON, "watch"], env=chair.env) as terminal:
        terminal.until("SIMULATED")
        for step in range(80):
            terminal.resize(20 + step * 37 % 200, 4 + step * 23 % 60)
            terminal.look(0.01)
        terminal.resize(80, 24)
        text = terminal.until("? help")
        assert len(text.splitlines()) == 24
        terminal.until("NIBP mmHg")
        assert "TOO SMALL" not in terminal.text


def test_a_window_made_small_and_large_again_in_one_moment_is_painted_anew(
    chair: RealChair,
) -> None:
    with Terminal([*KETAMON, "watch"], env=chair.env) as terminal:
        terminal.until("? help")
        for _ in range(10):
            terminal.resize(60, 16)
            terminal.resize(80, 24)  # the program may see only this one, of the size that it had
            terminal.until(lambda text: "? help" in text and "NIBP mmHg" in text)


def test_a_paste_is_no_key_and_a_held_key_acts_once(chair: RealChair) -> None:
    with Terminal([*KETAMON, "watch"], env=chair.env) as terminal:
        terminal.until("oximeter")
        terminal.press("\x1b[200~" + "q y b m \x1b[31m \n" * 500 + "\x1b[201~")
        terminal.press("?")
        terminal.until("KEYS")
        terminal.press("\x1b")
        terminal.press("m" * 40)
        terminal.until("AUDIO PAUSED")
        terminal.look(1.0)
        assert "AUDIO PAUSED" in terminal.text  # a second one would have ended it
        terminal.press("m")
        terminal.until(lambda text: "PAUSED" not in text)


def test_sequences_in_a_name_never_reach_the_terminal(chair: RealChair) -> None:
    for command in ("watch", "board"):
        with Terminal([*KETAMON, command], env=chair.env) as terminal:
            terminal.until("FK")
            assert b"\x1b]0;taken" not in terminal.bytes
            assert b"\x1b[2J\x1b]0" not in terminal.bytes


def test_a_board_acts_on_the_chair_that_was_touched(chair: RealChair) -> None:
    with Terminal([*KETAMON, "board"], env=chair.env) as terminal:
        terminal.until("NIBP mmHg 90–160")
        terminal.press("b")
        terminal.until("which chair? 1 1")
        terminal.press("\x1b[<0;20;6M\x1b[<0;20;6m")  # a press and its release, on the chair
        terminal.until("space ack")
        terminal.press("b")
        terminal.until("measuring")
