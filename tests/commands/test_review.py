"""`ketamon review`: bound to what was looked through, beside the file and never in it."""

import json
import os
from pathlib import Path

import pytest

from ketamon.engine.seats import account
from tests.commands.run import assert_refused, run
from tests.ledger.session_files import made, running, spoiling

Capfd = pytest.CaptureFixture[str]
NAME = "20260101T100000Z-chair1-ab12"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("KETAMON_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KETAMON_RUN", str(tmp_path / "run"))
    return tmp_path / "data"


def unreviewed(capfd: Capfd) -> list[str]:
    out = run(capfd, "sessions", "--unreviewed", "--json").out
    return [json.loads(line)["name"] for line in out.splitlines()]


def test_what_nobody_has_looked_through_is_listed_until_somebody_has(
    capfd: Capfd, data: Path
) -> None:
    path = made(data / f"{NAME}.ketamon")
    before = path.read_bytes()
    assert unreviewed(capfd) == [NAME]
    ran = run(capfd, "review", NAME)
    me = account(os.getuid())
    assert ran.code == 0
    assert f"reviewed by {me}" in ran.out
    assert unreviewed(capfd) == []
    assert f"closed, reviewed by {me}" in run(capfd, "sessions").out
    assert path.read_bytes() == before
    assert (data / "reviews.log").stat().st_mode & 0o777 == 0o600


def test_a_review_is_of_what_was_looked_through_and_not_of_a_name(capfd: Capfd, data: Path) -> None:
    path = made(data / f"{NAME}.ketamon")
    assert run(capfd, "review", NAME).code == 0
    path.rename(data / "another.ketamon")
    assert unreviewed(capfd) == []
    from tests.ledger.session_files import ENTRIES

    made(path, ENTRIES[:-1])
    assert unreviewed(capfd) == [NAME]


def test_a_file_that_does_not_hold_or_was_not_closed_is_refused(capfd: Capfd, data: Path) -> None:
    path = made(data / f"{NAME}.ketamon")
    with spoiling(path) as connection:
        connection.execute("UPDATE entry SET body = replace(body, '172', '122') WHERE seq = 8")
    assert_refused(run(capfd, "review", NAME), "ketamon verify")
    path.unlink()
    with running(path):
        assert_refused(run(capfd, "review", NAME), "was not closed")
    assert not (data / "reviews.log").exists()
