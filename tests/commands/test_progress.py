"""A bar while something takes long: at a terminal only, and gone afterwards."""

import io
import time

import pytest

from ketamon.commands.progress import CLEAR, bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def until(stream: io.StringIO, words: str) -> None:
    """Waits until the words are there."""
    end = time.monotonic() + 5
    while words not in stream.getvalue():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_bar_moves_and_is_taken_away() -> None:
    out = Terminal()
    with bar("reading a.vital", out, quiet_s=0):
        until(out, "reading a.vital █")
    assert out.getvalue().endswith(CLEAR)


def test_what_is_done_within_the_first_second_shows_none() -> None:
    out = Terminal()
    with bar("reading", out):
        pass
    assert out.getvalue() == ""


def test_a_file_or_a_pipe_gets_none() -> None:
    out = io.StringIO()
    with bar("reading", out, quiet_s=0):
        pass
    assert out.getvalue() == ""


def fails(out: io.StringIO) -> None:
    with bar("reading", out, quiet_s=0):
        until(out, "reading")
        raise ValueError("bad")


def test_an_error_takes_the_bar_away_too() -> None:
    out = Terminal()
    with pytest.raises(ValueError, match="bad"):
        fails(out)
    assert out.getvalue().endswith(CLEAR)


def test_a_name_can_t_steer_the_terminal() -> None:
    out = Terminal()
    with bar("reading a\x1b[2Jb", out, quiet_s=0):
        until(out, "reading a[2Jb █")
