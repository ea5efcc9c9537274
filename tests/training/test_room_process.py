"""The room's process: one line out, speeds in, sentences for what can't be, and no orphan."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ketamon.training.room_process import Request, RoomError, TruthLog, follow, request_in
from ketamon_drivers.links.loops import ScaledLoop

ENDS_WITHIN_S = 10


@contextmanager
def process(request: object) -> Iterator["subprocess.Popen[str]"]:
    started = subprocess.Popen(
        [sys.executable, "-m", "ketamon.training.room_process", json.dumps(request)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with started:
        try:
            yield started
        finally:
            started.kill()


def said(room: "subprocess.Popen[str]") -> dict[str, object]:
    assert room.stdout is not None
    line: dict[str, object] = json.loads(room.stdout.readline())
    return line


def test_a_room_serves_both_devices_follows_its_speed_and_ends_with_its_input(
    tmp_path: Path,
) -> None:
    folder, truth = tmp_path / "devices", tmp_path / "truth.ndjson"
    with process({"folder": str(folder), "truth": str(truth), "speed": 0, "seed": 1}) as room:
        assert room.stdin is not None
        ready = {name: str(folder / name) for name in ("cuff", "oximeter")}
        assert said(room) == {"ready": ready}
        with Path(ready["oximeter"]).open("rb", buffering=0) as oximeter:
            room.stdin.write('{"speed": 60}\n')
            room.stdin.flush()
            frame = oximeter.read(4)
            assert frame[0] & 0x80
        room.stdin.write("faster\n")
        room.stdin.flush()
        assert "a line is like" in str(said(room))
        room.stdin.close()
        assert room.wait(ENDS_WITHIN_S) == 0
        assert list(folder.iterdir()) == []
        assert json.loads(truth.read_text().splitlines()[0])["t"] < 5


@pytest.mark.parametrize(
    ("given", "sentence"),
    [("x", "malformed"), ("{}", "folder"), ('{"folder": 3}', "folder"), ("", "give one like")],
)
def test_what_asks_for_no_room_is_told_what_does(given: str, sentence: str) -> None:
    with pytest.raises(RoomError, match=sentence):
        request_in(given)


def test_fields_of_a_newer_version_are_no_trouble() -> None:
    assert request_in('{"folder": "x", "feed": "y"}') == Request("x")


def test_a_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with process({"folder": str(tmp_path / "taken")}) as room:
        assert said(room) == {"error": f"{tmp_path / 'taken'} is a file: give another folder"}
        assert room.wait(ENDS_WITHIN_S) == 2


def test_a_speed_that_is_not_possible_is_told_and_nothing_changes(
    capfd: pytest.CaptureFixture[str],
) -> None:
    loop = ScaledLoop(10)
    try:
        for line in (b'{"speed": 61}', b'{"speed": "x"}', b'{"faster": 1}'):
            follow(line, loop)
            assert "error" in json.loads(capfd.readouterr().out)
            assert loop.speed == 10
        follow(b'{"speed": 20}', loop)
        assert loop.speed == 20
    finally:
        loop.close()


def test_a_full_disk_ends_the_truth_and_not_the_room(capfd: pytest.CaptureFixture[str]) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full here")
    log = TruthLog(str(full))
    log("line")
    log("line")
    assert capfd.readouterr().out.count("no longer written") == 1


def test_a_truth_that_cant_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(RoomError, match="give another path"):
        TruthLog(str(tmp_path / "missing" / "truth"))
