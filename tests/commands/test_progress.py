"""A bar while something takes long: at a terminal only, and gone afterwards."""

import io
import time
from pathlib import Path

import pytest

from ketamon.commands.progress import CLEAR, bar
from ketamon.ledger.importers.recording import read_recording
from ketamon.ledger.progress import listening, told
from ketamon.ledger.session_file import write_session


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


def test_how_much_is_done_is_said_in_percent_and_never_falls(tmp_path: Path) -> None:
    out = Terminal()
    shares: list[float] = []
    file = tmp_path / "a.csv"
    rows = "".join(f"{second},{60 + second % 9},97\n" for second in range(5000))
    file.write_text(f"Seconds,Pulse,Oxygen\n{rows}")
    with listening(shares.append):
        recording = read_recording(file, "time=Seconds,hr=Pulse,spo2=Oxygen")
        assert (shares[0], shares[-1]) == (0, 1)
        assert shares == sorted(shares)
        assert len(shares) > 10
        shares.clear()
        write_session(tmp_path / "a.ketamon", recording.entries)
        assert shares == sorted(shares)
        assert len(shares) > 10
    with bar("reading", out, quiet_s=0):
        for _ in told([1], 1, 0.25):
            until(out, "reading █████··············· 25% ")


@pytest.mark.parametrize("form", ["ndjson", "csv", "wide"])
def test_every_form_of_many_rows_says_how_far_it_is(tmp_path: Path, form: str) -> None:
    text = {
        "ndjson": [
            f'{{"t":{s}.000,"kind":"heart_rate","device":"strap","heart_rate":60}}'
            for s in range(2000)
        ],
        "csv": ["time,channel,value", *(f"{s},HR,60" for s in range(2000))],
        "wide": ["time,HR,SPO2", *(f"{s},60,97" for s in range(2000))],
    }[form]
    file = tmp_path / "a"
    shares: list[float] = []
    file.write_text("\n".join(text) + "\n")
    with listening(shares.append):
        read_recording(file)
    assert shares == sorted(shares)
    assert (len(shares) > 3, shares[-1]) == (True, 1)
