"""`ketamon probe`: what a person is told of a port, and that the port is told nothing."""

import os
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from ketamon.commands.probe import report
from ketamon_drivers.catalog import FAMILIES, SerialLine
from ketamon_drivers.links import loops
from ketamon_drivers.links.hearing import Verdict
from ketamon_drivers.links.probe import Tried
from tests.commands.run import assert_refused, run

CONTEC = FAMILIES["contec-5byte"]


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, str]]:
    """A pseudo-terminal with nobody at the other end, and a clock sixty times as fast."""
    monkeypatch.setattr(loops, "RealLoop", lambda: loops.ScaledLoop(60))
    master, slave = os.openpty()
    tty.setraw(master)
    tty.setraw(slave)
    os.set_blocking(master, False)
    yield master, os.ttyname(slave)
    os.close(master)
    os.close(slave)


def test_a_silent_port_is_told_nothing_and_a_person_what_to_do(
    capfd: pytest.CaptureFixture[str], idle: tuple[int, str]
) -> None:
    master, path = idle
    ran = run(capfd, "probe", path)
    assert ran.code == 1
    assert ran.out.startswith("nothing came: switch the device on")
    with pytest.raises(BlockingIOError):
        os.read(master, 1)


def test_what_is_not_recognised_is_not_saved(
    capfd: pytest.CaptureFixture[str], idle: tuple[int, str], tmp_path: Path
) -> None:
    ran = run(capfd, "probe", idle[1], "--save", tmp_path / "capture.json")
    assert ran.code == 2
    assert "not saved" in ran.err
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_there_is_never_written_over(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "kept.json"
    file.write_text("mine")
    assert_refused(run(capfd, "probe", "/dev/ttyUSB9", "--save", file), "is there already")
    assert file.read_text() == "mine"
    nowhere = tmp_path / "none" / "capture.json"
    assert_refused(run(capfd, "probe", "/dev/ttyUSB9", "--save", nowhere), "is no folder")


@pytest.mark.parametrize(
    ("port", "words"),
    [
        ("/dev/ttyUSB77", "does not exist"),
        ("ttyUSB0", "is no address of a device"),
        ("socket://localhost", "write socket://host:port"),
        ("/dev/null", "can't be set as a serial port"),
    ],
)
def test_a_port_that_cannot_be_opened_gets_one_sentence(
    capfd: pytest.CaptureFixture[str], port: str, words: str
) -> None:
    ran = run(capfd, "probe", port)
    assert ran.code == 2
    assert words in ran.err
    assert ran.err.splitlines()[-1].startswith("ketamon: ")


def tried(line: SerialLine, frames: int, why_not: str) -> Tried:
    return Tried(line, 900, verdicts=[Verdict(CONTEC, frames, 4.0, 0, why_not)])


def test_a_device_is_named_with_its_evidence_and_how_to_connect_it() -> None:
    assert CONTEC.line is not None
    lines, code = report("/dev/ttyUSB0", [tried(CONTEC.line, 241, "")], has_line=True)
    assert code == 0
    assert lines == [
        f"contec-5byte: {CONTEC.title}; 241 valid frames in 4.0 s (60.2 a second, in its rhythm) "
        "at 19200 8O1",
        "`ketamon start --oximeter contec-5byte:/dev/ttyUSB0` connects it",
    ]


def test_a_device_at_another_setting_than_the_catalogues_is_told() -> None:
    lines, _ = report("/dev/ttyUSB0", [tried(SerialLine(9600), 241, "")], has_line=True)
    assert "it is set to 9600 8N1 and ketamon opens it at 19200 8O1" in lines[1]
    lines, _ = report("/dev/pts/1", [tried(SerialLine(9600), 241, "")], has_line=False)
    assert len(lines) == 2


def test_bytes_of_nobody_are_counted_with_what_is_nearest() -> None:
    lines, code = report("/dev/ttyUSB0", [tried(SerialLine(9600), 12, "only 12 frames")], has_line=True)  # fmt: skip
    assert code == 1
    assert lines[0] == (
        "9600 8N1: 900 bytes, of no device that ketamon knows; nearest is contec-5byte: only 12 frames"
    )
