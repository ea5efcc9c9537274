"""Session files lie in a private folder, under names that say when and where, and never who."""

import os
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from ketamon.ledger.places import (
    DataFolderError,
    find_session,
    made_sessions_folder,
    new_session_path,
    newest_of,
    next_name,
    origin_of,
    session_files,
    sessions_folder,
    started_of,
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder that isn't there yet."""
    monkeypatch.setenv("KETAMON_DATA", str(tmp_path / "a" / "data"))
    return tmp_path / "a" / "data"


def test_folder_is_the_one_that_is_named_and_is_made_private(folder: Path) -> None:
    before = os.umask(0)
    try:
        assert sessions_folder() == folder
        assert not folder.exists()
        assert made_sessions_folder() == folder
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert made_sessions_folder() == folder


def test_without_a_name_it_is_the_accounts_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KETAMON_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert sessions_folder().is_relative_to(tmp_path)
    assert sessions_folder().parts[-2:] == ("ketamon", "sessions")


def test_folder_that_everyone_may_write_is_refused(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    with pytest.raises(DataFolderError, match=r"written by everyone; .*chmod 700"):
        made_sessions_folder()


def test_folder_that_can_not_be_made_or_is_a_file_is_refused(folder: Path) -> None:
    folder.parent.write_text("")
    with pytest.raises(DataFolderError, match=r"can't be made .*; set KETAMON_DATA"):
        made_sessions_folder()
    folder.parent.unlink()
    folder.parent.mkdir()
    folder.write_text("")
    with pytest.raises(DataFolderError, match="is a file; set KETAMON_DATA"):
        made_sessions_folder()


def test_folder_that_may_not_be_written_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir(parents=True)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(DataFolderError, match="may not be written by you; set KETAMON_DATA"):
        made_sessions_folder()


@pytest.mark.parametrize(
    ("chair", "shown"),
    [("1", "1"), ("left-2", "left-2"), ("Mrs. Ü/../x\n", "Mrs-x"), ("_", ""), ("9" * 50, "9" * 20)],
)
def test_name_says_when_in_utc_and_which_chair(folder: Path, chair: str, shown: str) -> None:
    started = datetime(2026, 3, 29, 3, 30, tzinfo=timezone(timedelta(hours=2)))
    path = new_session_path(folder, started, chair)
    assert path.parent == folder
    pattern = rf"20260329T013000Z-chair{re.escape(shown)}-[0-9a-f]{{4}}\.ketamon"
    assert re.fullmatch(pattern, path.name)
    assert started_of(path) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert new_session_path(folder, started, chair) != path


def test_name_of_another_kind_says_no_time(folder: Path) -> None:
    assert started_of(folder / "night.ketamon") is None


def test_newest_come_first_and_only_session_files(folder: Path) -> None:
    assert session_files(folder) == []
    folder.mkdir(parents=True)
    for name in (
        "b.ketamon",
        "c.ketamon",
        "a.ketamon",
        "x.ndjson",
        ".c.ketamon.lock",
        ".h.ketamon",
    ):
        (folder / name).write_text("")
    assert [path.name for path in session_files(folder)] == ["c.ketamon", "b.ketamon", "a.ketamon"]
    with pytest.raises(DataFolderError, match="can't be read"):
        session_files(folder / "a.ketamon")


def test_person_means_a_path_or_a_name_or_its_beginning(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir(parents=True)
    for name in ("20260101-a.ketamon", "20260101-ab.ketamon", "20260202-c.ketamon"):
        (folder / name).write_text("")
    for given in ("20260202-c.ketamon", "20260202-c", "202602"):
        assert find_session(given) == folder / "20260202-c.ketamon"
    assert find_session("20260101-a") == folder / "20260101-a.ketamon"
    assert find_session("no/s.ketamon") == Path("no/s.ketamon")
    with pytest.raises(DataFolderError, match=r"2 sessions begin so; .*`ketamon sessions`"):
        find_session("20260101")
    with pytest.raises(DataFolderError, match=f"no such session in {folder}; "):
        find_session("1999")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.ketamon").write_text("")
    assert find_session("here.ketamon") == Path("here.ketamon")


def test_file_that_is_taken_away_again_and_again_has_names_in_order(tmp_path: Path) -> None:
    path = tmp_path / "20260131T120000Z-chair1-0000.ketamon"
    names = [path]
    for ending in ("-recovered", "-recovered2", "-recovered3"):
        names.append(next_name(names[-1]))
        assert names[-1].stem == path.stem + ending
        assert origin_of(names[-1]) == path
        names[-1].touch()
    assert [newest_of(name) for name in names] == [names[-1]] * 4
    names[1].unlink()  # the one between was taken away too
    assert newest_of(path) == names[-1]
    assert next_name(path) == names[1]
    assert session_files(tmp_path)[0] == names[-1]
    other = tmp_path / "20260131T120000Z-chair1-00001.ketamon"
    assert newest_of(other) == other
