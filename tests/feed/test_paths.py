"""Where sockets and locks live is nobody else's to write."""

from pathlib import Path

import pytest

from ketamon.feed.paths import RunFolderError, run_folder


def test_a_run_folder_that_everyone_may_write_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "run"
    monkeypatch.setenv("KETAMON_RUN", str(folder))
    assert run_folder() == folder
    folder.chmod(0o777)
    with pytest.raises(RunFolderError, match=f"everyone; take that away with `chmod 700 {folder}`"):
        run_folder()
