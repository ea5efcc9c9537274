"""What a person typed is in the session's file and in no other; files and folders are private."""

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from ketamon.ledger.session_file import read_session
from tests.e2e.chair import RealChair

pytestmark = pytest.mark.slow
CANARY = "ZZCANARYZZ"


@pytest.fixture
def chair() -> Iterator[RealChair]:
    with RealChair() as made:
        yield made


def files(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.rglob("*") if not path.is_socket()]


def test_a_name_in_a_note_is_in_no_log_and_no_other_file_through_crash_and_end(
    chair: RealChair,
) -> None:
    path = chair.start(*chair.room(1, 150), "--title", CANARY)
    chair.until(lambda now: now["vitals"]["spo2"]["state"] == "valid")
    assert chair.ask("chart", event="note", text=f"{CANARY} was anxious").ok
    refused = chair.ask("chart", event=CANARY, text=CANARY)
    assert not refused.ok
    killed = chair.engine
    chair.until(lambda now: now["recorded"] == now["seq"])
    os.kill(killed, signal.SIGKILL)
    chair.until_another(killed)
    chair.note()
    assert chair.ask("chart", event="note", text=CANARY).ok
    for file in files(chair.run, chair.data):
        mode = stat.S_IMODE(file.stat().st_mode)
        assert mode == (0o700 if file.is_dir() else 0o600), file.name
    said = [chair.ketamon(*words) for words in (("status",), ("sessions",), ("doctor",), ("end",))]
    said.append(chair.ketamon("verify", path))
    said.append(chair.ketamon("replay", path, "--redecode"))
    assert said[-1].code == 0, said[-1].out  # and today's decoders say what was shown
    notes = [entry for entry in read_session(path) if CANARY.encode() in entry.line]
    assert len(notes) >= 2
    for file in files(chair.run, chair.data):
        if file.is_file() and file != path:
            assert CANARY.encode() not in file.read_bytes(), file.name
    for ran in said:
        assert CANARY not in ran.out + ran.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o440
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
