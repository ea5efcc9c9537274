"""The mark that a keeper leaves when it gives up is for the chair's own account alone."""

import json
import os
import stat
from pathlib import Path

from ketamon.engine.keeper import Keeper


def test_mark_of_a_chair_that_was_given_up_is_private(tmp_path: Path) -> None:
    mark = tmp_path / "chair-1.failed"
    keeper = Keeper({"resume": "night.ketamon", "failed_mark": str(mark)})
    before = os.umask(0o022)
    try:
        keeper._leave_mark()
    finally:
        os.umask(before)
    assert stat.S_IMODE(mark.stat().st_mode) == 0o600
    assert json.loads(mark.read_text())["session"] == "night.ketamon"
