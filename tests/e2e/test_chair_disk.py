"""A disk that is full during a session: an alarm, nothing lost, and no end before all is kept."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ketamon.entries import End, Session, make
from ketamon.ledger.anchors import anchors_of, disagreement
from ketamon.ledger.live import LiveLedger
from ketamon.ledger.session_file import read_session, verify_session
from tests.e2e.chair import RealChair, lines_of, small_disk, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture
def chair() -> Iterator[RealChair]:
    """A chair whose sessions are on a disk of 8 MiB."""
    with RealChair() as made:
        made.data.mkdir()
        with small_disk(made.data, "size=8m,mode=700"):
            yield made


def fill(folder: Path) -> Path:
    """Leaves no byte of a disk free."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65536, 4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue
    return ballast


def failing(now: dict[str, object]) -> bool:
    return any((a["condition"], a["state"]) == ("record_failing", "active") for a in now["alarms"])  # type: ignore[attr-defined, index]


def test_a_full_disk_is_an_alarm_and_all_is_kept_when_it_is_free_again(chair: RealChair) -> None:
    path = chair.start(*chair.room(10, 150, 172), "--speed", "10", "--phase", "dosing")
    chair.until(lambda now: now["vitals"]["sys"]["value"] == 150)
    ballast = fill(chair.data)
    full = chair.until(failing)
    assert full["recorded"] < full["seq"]
    later = chair.until(lambda now: now["t"] > full["t"] + 20)
    assert later["vitals"]["spo2"]["state"] == "valid"
    assert chair.ask("manual", systolic=185, diastolic=90).ok
    chair.until(lambda now: now["alarms"][0]["condition"] == "sys_high")
    assert "RECORD" in chair.ketamon("status").out.upper()
    with lines_of(chair, "tail") as tail:
        assert "not acknowledged" in tail.until("RECORD")
    ballast.unlink()
    back = chair.until(lambda now: not failing(now) and now["recorded"] == now["seq"])
    assert back["recorded"] > full["seq"]
    assert chair.ketamon("end").code == 0
    entries = read_session(path)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    faults = [entry.body for entry in entries if entry.kind == "fault"]
    assert [fault.detail for fault in faults] == ["failing", "back"]
    assert "the disk is full; free some space" in (faults[0].reason or "")


def test_a_session_that_ends_on_a_full_disk_is_closed_as_soon_as_it_is_free(
    chair: RealChair,
) -> None:
    path = chair.start(*chair.room(1))
    chair.until(lambda now: now["vitals"]["spo2"]["state"] == "valid")
    ballast = fill(chair.data)
    chair.until(failing)
    refused = chair.ketamon("end")
    assert refused.code == 2
    assert "waits to be closed" in refused.err
    assert "the disk is full; free some space" in refused.err
    status = chair.ketamon("status")
    assert status.code == 1
    assert status.out.startswith("chair 1: its session has ended and waits to be closed: ")
    assert "the disk is full; free some space" in status.out
    assert chair.ketamon("status", "--oneline").out == "1 ENDED, NOT CLOSED\n"
    ballast.unlink()
    wait_for(lambda: not chair.socket.exists(), chair.log)
    entries = read_session(path)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert entries[-1].kind == "end"
    assert path.stat().st_mode & 0o777 == 0o440
    [*_, head] = anchors_of(path)
    assert head.entries == len(entries)
    assert disagreement(path, verify_session(path)) is None


def test_a_session_whose_closing_was_cut_short_is_closed_by_whoever_resumes_it(
    chair: RealChair,
) -> None:
    path = chair.data / "20260131T120000Z-chair1-0000.ketamon"

    async def ended() -> None:
        ledger = LiveLedger.create(path)
        for seq, body in enumerate((Session("made", "1", "SIMULATED"), End()), 1):
            ledger.append(make(seq, seq, body))
        await ledger.leave()

    asyncio.run(ended())
    status = chair.ketamon("status")
    way = f"has ended and waits to be closed; `ketamon resume {path.stem}` closes it"
    assert (status.code, status.out) == (1, f"chair 1: session {path.stem} {way}\n")
    assert way in chair.ketamon("end").err
    code, out, err = chair.ketamon("resume", "--no-screen")
    assert (code, err) == (0, "")
    assert out.startswith(f"{path}\nthe session had been ended; it is closed now: ")
    assert out.split()[-1] in chair.ketamon("verify", path).out
    assert path.stat().st_mode & 0o777 == 0o440
    assert chair.ketamon("status").out == "no session is running\n"
    [head] = anchors_of(path)
    assert (head.entries, head.digits) == (2, out.split()[-1])


def test_a_session_whose_file_is_removed_goes_on_in_another_through_a_crash(
    chair: RealChair,
) -> None:
    path = chair.start(*chair.room(1, 150))
    first = chair.until(lambda now: now["vitals"]["spo2"]["state"] == "valid")
    path.unlink()
    recovered = path.with_stem(f"{path.stem}-recovered")
    wait_for(recovered.exists, chair.log)
    chair.until(lambda now: now["recorded"] > first["seq"] + 3)
    killed = chair.engine
    os.kill(killed, signal.SIGKILL)
    chair.until_another(killed)
    chair.note()
    ended = chair.ketamon("end")
    assert ended.code == 0, ended.err
    entries = read_session(recovered)
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert [e.body.detail for e in entries if e.kind == "fault"] == ["moved"]
    assert sum(entry.kind == "gap" for entry in entries) == 1
    assert disagreement(recovered, verify_session(recovered)) is None
