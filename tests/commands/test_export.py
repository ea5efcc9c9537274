"""`ketamon export`: other forms of a session, what they lose, and a copy for teaching."""

import stat
from pathlib import Path

import pytest

from ketamon.ledger.importers.recording import read_recording
from tests.commands.run import assert_refused, run
from tests.conftest import ROOT

SAMPLE = ROOT / "sample_data" / "charted_bp_187_hr_108_6h.csv"
Capfd = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _in_a_folder(capfd: Capfd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KETAMON_DATA", str(tmp_path / "data"))
    (tmp_path / "data").mkdir(mode=0o700)
    assert run(capfd, "import", SAMPLE, "-o", "data/20260131T101112Z-chair1-ab12.ketamon").code == 0


@pytest.mark.parametrize(
    ("form", "name", "what"),
    [
        ("csv", "20260131T101112Z-chair1-ab12.csv", "77 rows"),
        ("csv-wide", "20260131T101112Z-chair1-ab12.csv", "17 rows"),
        ("ndjson", "20260131T101112Z-chair1-ab12.ndjson", "54 lines"),
        ("vital", "20260131T101112Z-chair1-ab12.vital", "73 records"),
    ],
)
def test_a_session_of_the_data_folder_in_every_form(
    capfd: Capfd, form: str, name: str, what: str
) -> None:
    ran = run(capfd, "export", "20260131", "--format", form)
    assert (ran.code, ran.err) == (0, "")
    *losses, made = ran.out.splitlines()
    assert made == f"{name}: made, {what}"
    assert losses == ([] if form in ("csv", "ndjson") else ["1 × limits left out"])
    assert stat.S_IMODE(Path(name).stat().st_mode) == 0o600
    assert read_recording(Path(name)).duration_ms == read_recording(SAMPLE).duration_ms


def test_importing_the_exported_lines_makes_the_same_session(capfd: Capfd, tmp_path: Path) -> None:
    session = tmp_path / "data" / "20260131T101112Z-chair1-ab12.ketamon"
    assert run(capfd, "export", session, "--format", "ndjson", "-o", "a.ndjson").code == 0
    assert run(capfd, "import", "a.ndjson", "-o", "b.ketamon").code == 0
    first, second = (
        run(capfd, "verify", path).out.splitlines()[-1] for path in (session, "b.ketamon")
    )
    assert first == second


def test_a_copy_for_teaching_has_no_date_in_it_or_its_name(capfd: Capfd, tmp_path: Path) -> None:
    ran = run(capfd, "export", "20260131", "--format", "csv", "--teaching")
    [made] = tmp_path.glob("teaching-*.csv")
    assert made.name in ran.out
    assert made.read_text().splitlines()[1].startswith("0.000,SYS,121,")
    assert "2000-01" not in made.read_text()


def test_a_file_that_exists_is_never_replaced(capfd: Capfd) -> None:
    Path("a.csv").write_text("mine")
    refused = run(capfd, "export", "20260131", "--format", "csv", "-o", "a.csv")
    assert_refused(refused, "exists already")
    assert Path("a.csv").read_text() == "mine"


def test_what_is_no_session_is_refused_in_a_sentence(capfd: Capfd) -> None:
    assert_refused(run(capfd, "export", "1999", "--format", "csv"), "no such session")
    Path("n.txt").write_text("hello")
    assert_refused(run(capfd, "export", "n.txt", "--format", "csv"), "is not a recording")
    assert run(capfd, "export", "20260131").code == 2
