"""Every wrong use gets one sentence that says what to do, and exit 2."""

from pathlib import Path

import pytest

from ketamon.core.transitions import TRANSITIONS
from ketamon.profiles import FOLDER
from tests.commands.run import assert_refused, run


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
    ],
)
def test_bad_profile_is_refused_with_file_key_and_reason(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, text: str, words: list[str]
) -> None:
    file = tmp_path / "p.toml"
    file.write_text(text)
    assert_refused(run(capfd, "limits", "check", file), str(file), *words)


def test_binary_missing_or_folder_is_no_profile(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    binary = tmp_path / "b.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert_refused(run(capfd, "limits", "check", binary), "not a text file")
    assert_refused(run(capfd, "limits", "check", tmp_path / "none"), "no such file")
    assert_refused(run(capfd, "limits", "check", tmp_path), "folder")
