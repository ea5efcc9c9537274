"""`ketamon replay` as a person meets it: real processes, a real terminal, the recording that ships."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.terminal import ROOT, Terminal

FILE = str(ROOT / "sample_data" / "charted_bp_187_hr_108_6h.csv")
KETAMON = [sys.executable, "-m", "ketamon"]
LEAVES_ALTERNATE_SCREEN = b"\x1b[?1049l"
COLOUR = re.compile(rb"\x1b\[(?:[0-9;]*;)?(?:[349][0-7]|10[0-7]|[34]8[;:])[0-9;:]*m")
"""Sets a colour; 39 and 49 take one back, and `38C` moves the cursor."""


def replay(
    tmp_path: Path, *arguments: str, size: tuple[int, int] = (80, 24), **env: str
) -> Terminal:
    """Starts a replay with a run folder of its own."""
    return Terminal(
        [*KETAMON, "replay", *arguments], size, {"KETAMON_RUN": str(tmp_path / "run"), **env}
    )


def engines(tmp_path: Path) -> list[int]:
    """The replay engines that belong to this test."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes()
        except OSError:
            continue
        if b"ketamon.engine.replay" in line and str(tmp_path).encode() in line:
            found.append(int(folder.name))
    return found


def test_errors_may_go_to_a_file_and_the_screen_still_shows(tmp_path: Path) -> None:
    errors = tmp_path / "errors"
    command = ["sh", "-c", f'exec "$@" 2>"{errors}"', "sh", *KETAMON, "replay", FILE]
    with Terminal(command, env={"KETAMON_RUN": str(tmp_path / "run")}) as terminal:
        terminal.until("REPLAY")
        terminal.press("a")
        terminal.until("ALARMS")
        terminal.press("qy")
        assert terminal.end() == 0
    assert errors.read_text() == ""


def test_the_nurses_own_limit_is_flagged_at_the_right_time_and_acknowledged(tmp_path: Path) -> None:
    with replay(tmp_path, FILE, "--speed", "0.25") as terminal:
        terminal.until("REPLAY")
        terminal.press("]")  # the first alarm of the recording
        shown = terminal.until("SYS HIGH 170 > 160")
        assert "recorded 17:23:00" in shown
        assert "not acknowledged" in shown
        terminal.look(1.2)
        terminal.press(" ")
        terminal.until(lambda text: "acknowledged" in text and "not acknowledged" not in text)
        terminal.press("]")
        terminal.until("recorded 20:00:00")
        terminal.press("q")
        terminal.until("leave this screen?")
        terminal.press("y")
        assert terminal.end() == 0
        assert LEAVES_ALTERNATE_SCREEN in terminal.bytes


@pytest.mark.slow
def test_every_kind_of_terminal_shows_the_same_alarm(tmp_path: Path) -> None:
    for size, env in (
        ((60, 20), {}),
        ((120, 40), {}),
        ((200, 60), {"COLORTERM": "", "TERM": "xterm"}),
        ((80, 24), {"NO_COLOR": "1"}),
        ((80, 24), {"LC_ALL": "C"}),
    ):
        with replay(tmp_path, FILE, "--at", "2:23:30", "--speed", "0.25", size=size, **env) as t:
            shown = t.until("SYS HIGH 170 > 160")
            assert "**" in shown
            assert "REPLAY" in shown
            if "LC_ALL" in env:
                assert shown.isascii()
            if "NO_COLOR" in env:
                assert not COLOUR.search(t.bytes)


@pytest.mark.slow
def test_a_window_made_tiny_while_it_plays_keeps_numbers_and_comes_back(tmp_path: Path) -> None:
    with replay(tmp_path, FILE, "--at", "2:23:30", "--speed", "0.25") as terminal:
        terminal.until("SYS HIGH 170 > 160")
        terminal.resize(20, 5)
        terminal.until("170/85")
        terminal.resize(80, 24)
        terminal.until("SYS HIGH 170 > 160")


@pytest.mark.slow
def test_a_dead_engine_is_told_at_once_and_nothing_looks_live(tmp_path: Path) -> None:
    with replay(tmp_path, FILE, "--at", "2:23:30", "--speed", "0.25") as terminal:
        terminal.until("SYS HIGH 170 > 160")
        [engine] = engines(tmp_path)
        os.kill(engine, signal.SIGSTOP)
        terminal.until("LINK LOST")
        os.kill(engine, signal.SIGCONT)
        terminal.until(lambda text: "LINK LOST" not in text)
        os.kill(engine, signal.SIGKILL)
        shown = terminal.until("LINK ENDED: its engine is gone")
        assert "nothing below is current" in shown
        terminal.press("qy")
        assert terminal.end() == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_killed_screen_leaves_no_engine_behind(tmp_path: Path, number: signal.Signals) -> None:
    with replay(tmp_path, FILE) as terminal:
        terminal.until("REPLAY")
        [engine] = engines(tmp_path)
        terminal.process.send_signal(number)
        terminal.end()
        if number != signal.SIGKILL:
            assert LEAVES_ALTERNATE_SCREEN in terminal.bytes
    stopped = subprocess.run(
        ["tail", f"--pid={engine}", "-f", "/dev/null"], timeout=10, check=False
    )
    assert stopped.returncode == 0
    assert engines(tmp_path) == []
    assert list((tmp_path / "run").glob("*")) == []


@pytest.mark.parametrize(
    ("arguments", "size", "words"),
    [
        ((FILE,), (20, 5), "the terminal is 20x5; make it at least"),
        (("none.csv",), (80, 24), "none.csv: no such file"),
        ((FILE, "--limits", "none.toml"), (80, 24), "none.toml: no such file"),
        ((FILE, "--speed", "0"), (80, 24), "--speed"),
        ((FILE, "--speed", "nan"), (80, 24), "nan is not in the range"),
        (("/dev/zero",), (80, 24), "is a device or a pipe"),
        ((FILE, "--at", "noon"), (80, 24), "--at noon"),
        ((sys.executable,), (80, 24), "is a binary file"),
    ],
)
def test_what_cannot_be_shown_is_refused_in_one_sentence_on_a_clean_terminal(
    tmp_path: Path, arguments: tuple[str, ...], size: tuple[int, int], words: str
) -> None:
    with replay(tmp_path, *arguments, size=size) as terminal:
        assert terminal.end() == 2
        said = terminal.bytes.decode().replace("\r\n", "\n")
        assert words in said
        assert said.startswith("ketamon: ")
        assert said.count("\n") == 1
        assert b"\x1b" not in terminal.bytes


@pytest.mark.slow
@pytest.mark.parametrize(
    "typed",
    [
        b"\xfc",  # ü of a Latin-1 terminal
        b"\xe4\xf6\xff",
        b"\xe2\x82",  # a character that never ends
    ],
)
def test_what_is_no_key_is_ignored_and_the_next_key_counts(tmp_path: Path, typed: bytes) -> None:
    with replay(tmp_path, FILE, "--at", "2:23:30", "--speed", "0.25") as terminal:
        terminal.until("SYS HIGH 170 > 160")
        os.write(terminal.master, typed)
        terminal.press("q")
        terminal.until("leave this screen?")
        os.write(terminal.master, typed)
        terminal.press("y")
        assert terminal.end() == 0
        assert b"Traceback" not in terminal.bytes


@pytest.mark.slow
def test_a_sequence_that_no_terminal_sends_does_not_end_the_screen(tmp_path: Path) -> None:
    with replay(tmp_path, FILE, "--at", "2:23:30", "--speed", "1") as terminal:
        terminal.until("recorded 17:23:31")
        os.write(terminal.master, b"\x1b[48;0:u")
        terminal.until("recorded 17:23:33")  # by now it was read, and all that came with it dropped
        terminal.press("q")
        terminal.until("leave this screen?")
        terminal.press("y")
        assert terminal.end() == 0
        assert b"Traceback" not in terminal.bytes


@pytest.mark.parametrize("limits", ["a = " + "[" * 5000 + "]" * 5000, "a = " + "9" * 5000])
def test_a_profile_that_cannot_be_read_is_refused_in_one_sentence_on_the_screen(
    tmp_path: Path, limits: str
) -> None:
    file = tmp_path / "p.toml"
    file.write_text(limits)
    with replay(tmp_path, FILE, "--limits", str(file)) as terminal:
        assert terminal.end() == 2
        assert terminal.bytes.startswith(b"ketamon: " + str(file).encode())
        assert terminal.bytes.count(b"\n") == 1


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="this system has no /proc")
def test_a_run_folder_that_takes_no_socket_is_told_with_what_to_do(tmp_path: Path) -> None:
    with replay(tmp_path, FILE, KETAMON_RUN="/proc") as terminal:
        assert terminal.end() == 2
        assert b"set KETAMON_RUN to a folder of yours" in terminal.bytes
        assert terminal.bytes.count(b"\n") == 1


def test_a_recording_is_not_played_where_there_is_no_terminal(tmp_path: Path) -> None:
    ran = subprocess.run(
        [*KETAMON, "replay", FILE], capture_output=True, text=True, check=False, timeout=30,
        stdin=subprocess.DEVNULL, cwd=ROOT,
    )  # fmt: skip
    assert ran.returncode == 2
    assert "--headless" in ran.stderr
    assert ran.stderr.count("\n") == 1
