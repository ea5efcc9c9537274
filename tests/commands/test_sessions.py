"""`ketamon sessions` lists what is recorded here and says what became of each."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ketamon.entries import Alarm, Entry, Session, decode, make
from ketamon.feed.chairs import hold_chair
from tests.commands.run import assert_refused, run
from tests.ledger.session_files import ENTRIES, made, running

Capfd = pytest.CaptureFixture[str]
EARLY, LATE = "20260101T100000Z-chair1-ab12", "20260102T100000Z-chair2-cd34"


@pytest.fixture(autouse=True)
def data(tmp_path: Path) -> Iterator[Path]:
    """The data folder, and a run folder, of this test alone; a clock on the wall in Vienna."""
    (tmp_path / "data").mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("KETAMON_DATA", str(tmp_path / "data"))
        patched.setenv("KETAMON_RUN", str(tmp_path / "run"))
        patched.setenv("TZ", "Europe/Vienna")
        time.tzset()
        yield tmp_path / "data"
    time.tzset()


def session(chair: str = "1", started: str | None = "2026-01-01T10:00:00Z") -> list[Entry]:
    """A session of one hour, one minute and one second, with alarms."""

    def alarm(seq: int, change: str, priority: str) -> Entry:
        return make(seq, seq * 1000, Alarm("sys_high", change, "active", priority))

    return [
        make(1, 0, Session(title="ZZCANARY", chair=chair, mode="SIMULATED", started=started)),
        alarm(2, "raised", "medium"),
        alarm(3, "escalated", "high"),
        alarm(4, "confirmed", "high"),
        alarm(5, "raised", "medium"),
        alarm(6, "reading_flagged", "low"),
        decode(b'{"t":3661.500,"kind":"end"}', 7),
    ]


def listed(capfd: Capfd) -> list[dict[str, object]]:
    ran = run(capfd, "sessions", "--json")
    assert (ran.code, ran.err) == (0, "")
    return [json.loads(line) for line in ran.out.splitlines()]


def test_line_says_what_was_recorded_and_never_whom(capfd: Capfd, data: Path) -> None:
    made(data / f"{EARLY}.ketamon", session())
    ran = run(capfd, "sessions")
    assert (ran.code, ran.err) == (0, "")
    assert " ".join(ran.out.split()) == (
        f"{EARLY} chair 1 2026-01-01 11:00 1:01:01 SIMULATED 7 entries "
        "alarms: 1 high, 2 medium closed, not reviewed"
    )
    assert listed(capfd) == [
        {
            "name": EARLY,
            "path": str(data / f"{EARLY}.ketamon"),
            "state": "closed",
            "length_s": 3661.5,
            "chair": "1",
            "mode": "SIMULATED",
            "started": "2026-01-01T10:00:00Z",
            "entries": 7,
            "alarms": {"high": 1, "medium": 2},
            "reviewed": None,
        }
    ]


def test_newest_comes_first_and_each_has_its_state(capfd: Capfd, data: Path) -> None:
    made(data / "20251231T100000Z-chair1-0000.ketamon", session())
    (data / "20251230T100000Z-chair1-0000.ketamon").write_text("spoilt")
    late, early = data / f"{LATE}.ketamon", data / f"{EARLY}.ketamon"
    with (
        running(early, session()),
        running(late, session("2")),
        hold_chair("2", {"session": str(late), "pid": os.getpid()}),
    ):
        lines = listed(capfd)
        assert [line["state"] for line in lines] == [
            "running",
            "interrupted",
            "closed",
            "unreadable",
        ]
        assert [line["name"] for line in lines[:2]] == [LATE, EARLY]
        text = run(capfd, "sessions").out.splitlines()
    assert text[0].endswith("  running")
    assert text[1].endswith(f"  interrupted: `ketamon resume {EARLY}`")
    assert "unreadable: is not a session file" in text[3]
    assert all("ZZCANARY" not in line for line in text)


def test_session_is_interrupted_as_soon_as_its_chair_is_free(capfd: Capfd, data: Path) -> None:
    path = data / f"{EARLY}.ketamon"
    with running(path, session()):
        with hold_chair("1", {"session": str(path)}):
            assert listed(capfd)[0]["state"] == "running"
        assert listed(capfd)[0]["state"] == "interrupted"
        with hold_chair("1", {"session": str(data / "another.ketamon")}):
            assert listed(capfd)[0]["state"] == "interrupted"


def test_listing_changes_no_file(capfd: Capfd, data: Path) -> None:
    path = data / f"{EARLY}.ketamon"
    with running(path, session()):
        before = {file.name: file.read_bytes() for file in data.iterdir() if "shm" not in file.name}
        run(capfd, "sessions")
        after = {file.name: file.read_bytes() for file in data.iterdir() if "shm" not in file.name}
    assert after == before


def test_what_a_session_does_not_say_is_left_open(capfd: Capfd, data: Path) -> None:
    made(data / "night.ketamon", ENTRIES[1:3])
    made(data / f"{EARLY}.ketamon", ENTRIES[:1])
    by_name = {line["name"]: line for line in listed(capfd)}
    assert by_name[EARLY]["started"] == "2026-01-01T10:00:00Z"
    night = by_name["night"]
    assert (night["started"], night["chair"], night["mode"]) == (None, None, None)
    text = run(capfd, "sessions").out
    assert "no chair" in text
    assert "no start time" in text
    assert "no mode" in text


def test_chair_that_would_command_the_terminal_is_shown_harmless(capfd: Capfd, data: Path) -> None:
    made(data / f"{EARLY}.ketamon", session("\x9b2J\x07", "yesterday"))
    out = run(capfd, "sessions").out
    assert not {"\x9b", "\x07"}.intersection(out)
    assert "no start time" in out


def test_empty_and_missing_folders_say_where_they_would_be(capfd: Capfd, data: Path) -> None:
    for _ in range(2):
        ran = run(capfd, "sessions")
        assert (ran.code, ran.err) == (0, "")
        assert ran.out == f"no sessions yet in {data}; `ketamon start` begins one\n"
        assert listed(capfd) == []
        if data.exists():
            data.rmdir()
    data.write_text("")
    assert_refused(run(capfd, "sessions"), "can't be read", "KETAMON_DATA")


def test_session_that_was_taken_away_while_it_ran_says_where_it_went_on(
    capfd: Capfd, data: Path
) -> None:
    old, new = data / f"{EARLY}.ketamon", data / f"{EARLY}-recovered.ketamon"
    data.mkdir(exist_ok=True)
    with running(old, session()):
        made(new, session())
        assert [(line["name"], line["state"]) for line in listed(capfd)] == [
            (new.stem, "closed"),
            (old.stem, "moved"),
        ]
        assert f"moved: it went on in {new.stem}\n" in run(capfd, "sessions").out
