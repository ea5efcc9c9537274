"""`ketamon import --map`: what a table's columns are is asked for once, and kept."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from ketamon.commands.ask_columns import ask_columns
from ketamon.ledger.importers.tables import table
from tests.commands.run import assert_refused, run

Capfd = pytest.CaptureFixture[str]
TEXT = "when,upper,lower,note\n0,120,80,\n5,121,81,calm\n"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KETAMON_CONFIG", str(tmp_path / "config" / "config.toml"))
    (tmp_path / "a.csv").write_text(TEXT)
    (tmp_path / "b.csv").write_text(TEXT.replace("120", "135"))


def test_without_a_terminal_one_sentence_says_how_to_give_it(capfd: Capfd) -> None:
    assert_refused(run(capfd, "import", "a.csv"), "table of other columns", "--map 'time=COLUMN")
    assert_refused(run(capfd, "replay", "a.csv", "--headless"), "ketamon import a.csv --map")


def test_a_map_is_kept_and_used_by_import_and_replay(capfd: Capfd) -> None:
    option = "time=when[min],sys=upper,dia=lower"
    first = run(capfd, "import", "a.csv", "--map", option)
    assert first.code == 0
    assert "csv_columns.toml" in first.out
    assert "mapped CSV, 0:05:00 long: 2 readings" in first.out
    assert "1 × SYS without a unit: taken as mmHg" in first.out
    assert "1 × column left out: note" in first.out
    second = run(capfd, "import", "b.csv")
    assert second.code == 0
    assert "csv_columns.toml" not in second.out
    assert "mapped CSV" in run(capfd, "replay", "b.csv", "--headless").err


def test_a_map_that_does_not_fit_is_refused_and_not_kept(capfd: Capfd, tmp_path: Path) -> None:
    assert_refused(run(capfd, "import", "a.csv", "--map", "time=when,sys=top"), "no column 'top'")
    assert not (tmp_path / "config").exists()


def test_a_map_for_what_is_no_table_is_refused(capfd: Capfd, tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text("hello\n")
    assert_refused(run(capfd, "import", "c.txt", "--map", "time=a,sys=b"), "leave --map out")


def asked(text: str, *answers: str) -> tuple[str, str]:
    """What the questions led to, and all that was printed."""
    read = table(text)
    assert read is not None

    @click.command()
    def ask() -> None:
        click.echo(f"MAP {ask_columns(read)}")

    ran = CliRunner().invoke(ask, input="".join(f"{answer}\n" for answer in answers))
    assert ran.exception is None
    return ran.stdout.partition("MAP ")[2].strip(), ran.stderr


def test_the_columns_are_asked_for_one_by_one() -> None:
    option, shown = asked(TEXT, "time", "sys", "dia", "-", "min")
    assert option == "time=when[min],sys=upper,dia=lower"
    assert "2 of 4  upper  (120, 121)" in shown
    assert "Times are numbers (0, 5)" in shown


def test_what_the_names_tell_is_proposed_and_units_asked_for() -> None:
    option, shown = asked("Time,SBP,DBP\n10:00,16,10\n10:05,17,11\n", "", "", "", "")
    assert option == "time=Time,sys=SBP[kPa],dia=DBP[kPa]"
    assert "Systolic pressures are 16, 17" in shown


def test_no_answer_without_a_time_is_taken() -> None:
    option, shown = asked("a,b\n10:00,97\n", "-", "spo2", "time", "spo2")
    assert option == "time=a,spo2=b"
    assert "A time and one vital at least are needed." in shown
