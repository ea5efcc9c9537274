"""Every wrong use gets one sentence that says what to do, and exit 2."""

import subprocess
import sys
from pathlib import Path

import pytest

from ketamon.core.transitions import TRANSITIONS
from ketamon.profiles import FOLDER
from tests.commands.run import assert_refused, run
from tests.conftest import ROOT

RECORDING = ROOT / "sample_data" / "charted_bp_187_hr_108_6h.csv"


def test_unknown_command_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    assert_refused(run(capfd, "fly"), "No such command 'fly'", "`ketamon -h`")


def test_unknown_option_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    assert_refused(run(capfd, "replay", "--fly", "x"), "--fly", "`ketamon replay -h`")


def test_help_names_every_command_and_says_it_is_no_medical_device(
    capfd: pytest.CaptureFixture[str],
) -> None:
    ran = run(capfd, "-h")
    assert ran.code == 0
    assert "Not a medical device" in ran.out


def test_alarm_table_prints_every_transition(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "alarms", "--table")
    rows = {tuple(line.split()) for line in ran.out.splitlines()}
    for (state, event), (after, change) in TRANSITIONS.items():
        assert (state, event, after, change) in rows


def test_limits_check_prints_a_profile_that_checks_again(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first = run(capfd, "limits", "check", FOLDER / "iv_adult.toml")
    assert first.code == 0
    again = tmp_path / "again.toml"
    again.write_text(first.out)
    assert run(capfd, "limits", "check", again).out == first.out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[sys]\nhigh = { medium = 300 }\n", ["sys.high.medium", "60–260"]),
        ("[sys]\nhi = { medium = 160 }\n", ["sys.hi", "did you mean high?"]),
        ("[sys\n", ["is not TOML"]),
        ("a = 1\x00", ["is not TOML"]),
        ("[sys]\nhigh = 160\n", ["write it as high = { medium = 160 }"]),
        ("a = " + "[" * 5000 + "]" * 5000, ["too deep"]),
        ("a = " + "{a=" * 5000, ["too deep"]),
        ("a = " + "9" * 5000, ["a number of thousands of digits"]),
        ("[sys]\nhigh = { medium = " + "9" * 4000 + " }\n", ["sys.high.medium", "60–260"]),
        ('[sys]\n"\\u001b[2J" = 1\n', ["unknown key"]),
    ],
)
def test_bad_profile_is_refused_with_file_key_and_reason(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, text: str, words: list[str]
) -> None:
    file = tmp_path / "p.toml"
    file.write_text(text)
    ran = run(capfd, "limits", "check", file)
    assert_refused(ran, str(file), *words)
    assert "\x1b" not in ran.err
    assert_refused(run(capfd, "replay", RECORDING, "--headless", "--limits", file), *words)


def test_binary_missing_or_folder_is_no_profile(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    binary = tmp_path / "b.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert_refused(run(capfd, "limits", "check", binary), "not a text file")
    assert_refused(run(capfd, "limits", "check", tmp_path / "none"), "no such file")
    assert_refused(run(capfd, "limits", "check", tmp_path), "folder")
    assert_refused(run(capfd, "limits", "check", "/dev/zero"), "is a device or a pipe")


@pytest.mark.parametrize("more", [[], ["--headless"]])
@pytest.mark.parametrize("speed", ["nan", "-nan", "0", "inf", "601"])
def test_speed_outside_its_range_is_refused_with_the_range(
    capfd: pytest.CaptureFixture[str], speed: str, more: list[str]
) -> None:
    ran = run(capfd, "replay", RECORDING, f"--speed={speed}", *more)
    assert_refused(ran, "is not in the range 0.25<=x<=600", "`ketamon replay -h`")


@pytest.mark.parametrize("command", ["replay", "import"])
def test_what_is_no_file_is_refused_before_it_is_read(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    more = ["--headless"] if command == "replay" else ["-o", str(tmp_path / "s.ketamon")]
    assert_refused(run(capfd, command, "/dev/zero", *more), "is a device or a pipe")
    deep = tmp_path / "deep.ndjson"
    deep.write_text('{"t":0,"kind":"x","a":' + "[" * 1000 + "]" * 1000 + "}\n")
    assert_refused(run(capfd, command, deep, *more), "too deep")


def test_limits_that_are_refused_leave_the_recording_without_limits(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "r.ndjson"
    file.write_text(
        '{"t":0,"kind":"limits","profile":{"hr":{"high":{"medium":130,"high":120}}}}\n'
        '{"t":1,"kind":"heart_rate","heart_rate":150}\n'
    )
    ran = run(capfd, "replay", file, "--headless")
    assert (ran.code, ran.out) == (0, "")
    reason = "hr.high: medium 130 lies beyond high 120; swap them"
    assert f"1 × limits refused: {reason}: the old ones stay (first in line 1)\n" in ran.err
    assert "no limits in the recording: nothing is flagged" in ran.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize(
    "arguments",
    [
        ["alarms", "--table"],
        ["replay", RECORDING, "--headless"],
        ["decode", "nonin-df8", "--hex"],
        ["limits", "check", FOLDER / "iv_adult.toml"],
        ["-h"],
    ],
    ids=lambda arguments: str(arguments[0]),
)
@pytest.mark.parametrize("to", ["standard output", "both"])
def test_output_that_cannot_be_written_is_told_in_one_sentence(
    arguments: list[str | Path], to: str
) -> None:
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "ketamon", *map(str, arguments)],
            input=b"803c6100 01\n",
            stdout=full,
            stderr=full if to == "both" else subprocess.PIPE,
            check=False,
        )
    assert ran.returncode == 2
    if to != "both":
        said = ran.stderr.decode()
        assert said.startswith("ketamon: the output can't be written: No space left on device; ")
        assert said.count("\n") == 1
