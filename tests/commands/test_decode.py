"""`ketamon decode`, as a person at a shell uses it."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from ketamon_drivers.protocols import PROTOCOLS
from tests.commands.run import assert_refused, run


@pytest.fixture
def captured(tmp_path: Path) -> Path:
    """Two notifications of a cuff, spaces and an empty line between them."""
    file = tmp_path / "cuff.hex"
    file.write_text("16 7c0056006100 e807060f11111b 3300 0000\n\n00bdf00b009ff0\n")
    return file


def test_hex_lines_become_one_json_line_each(
    capfd: pytest.CaptureFixture[str], captured: Path
) -> None:
    ran = run(capfd, "decode", "gatt-2a35", captured, "--hex")
    first, second = map(json.loads, ran.out.splitlines())
    assert ran.code == 0
    assert ran.err == ""
    assert first == {
        "kind": "blood_pressure", "systolic": 124, "diastolic": 86, "mean": 97,
        "original_unit": "mmHg", "pulse_rate": 51, "device_time": "2024-06-15T17:17:27",
        "user": None, "status": [],
    }  # fmt: skip
    assert second["systolic"] == 18.9


def test_a_raw_stream_is_read_as_it_came_and_skipped_bytes_are_counted(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "stream.bin"
    file.write_bytes(b"\x01\x02" + bytes.fromhex("803c6100") * 3 + b"\x80")
    ran = run(capfd, "decode", "nonin-df8", file)
    assert [json.loads(line)["pulse_rate"] for line in ran.out.splitlines()] == [60] * 3
    assert ran.code == 0
    assert ran.err == "ketamon: 3 bytes belonged to no reading.\n"


def test_a_raw_file_of_a_packet_protocol_is_one_notification(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "strap.bin"
    file.write_bytes(bytes.fromhex("10482c03"))
    ran = run(capfd, "decode", "gatt-2a37", file)
    assert json.loads(ran.out)["heart_rate"] == 72


def test_a_malformed_packet_is_shown_as_rejected_with_its_bytes(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "short.hex"
    file.write_text("03020304050607\n")
    ran = run(capfd, "decode", "gatt-2a35", file, "--hex")
    assert ran.code == 0
    assert json.loads(ran.out) == {
        "kind": "rejected", "reason": "the flags promise 14 bytes, 7 came", "raw": "03020304050607",
    }  # fmt: skip
    assert ran.err == (
        "ketamon: 7 bytes belonged to no reading, and no reading came: see that the capture is of "
        "gatt-2a35 and whole; `ketamon decode --list` names others.\n"
    )


def test_a_capture_of_another_protocol_is_told_what_to_look_at(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "other.bin"
    file.write_bytes(b"this is not a capture\n")
    ran = run(capfd, "decode", "contec-v7", file)
    assert ran.out == ""
    assert (
        "belonged to no reading, and no reading came: see that the capture is of contec-v7"
        in ran.err
    )


def test_the_model_tells_a_cuff_with_quirks(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "bm85.hex"
    file.write_text("56770046000000ea07080b1439000057010040\n")
    plain = json.loads(run(capfd, "decode", "gatt-2a35", file, "--hex").out)
    quirky = json.loads(run(capfd, "decode", "gatt-2a35", file, "--hex", "--model", "BM85").out)
    assert plain["pulse_rate"] != 87
    assert (quirky["pulse_rate"], quirky["user"], quirky["mean"]) == (87, 1, None)


def test_an_unknown_protocol_is_refused_with_the_names_of_all(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert_refused(run(capfd, "decode", "gatt-9999"), "gatt-9999", *PROTOCOLS)


@pytest.mark.parametrize("text", ["1g", "123", "0x10", "é"])
def test_what_is_not_hex_is_refused_by_its_line(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, text: str
) -> None:
    file = tmp_path / "bad.hex"
    file.write_text(f"10482c03\n{text}\n10482c03\n")
    ran = run(capfd, "decode", "gatt-2a37", file, "--hex")
    assert ran.code == 2
    assert len(ran.out.splitlines()) == 1  # what came before it is not lost
    assert "line 2 is not hex" in ran.err
    assert ran.err.count("\n") == 1


def test_what_has_no_end_is_refused_where_one_notification_or_a_line_is_wanted(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert_refused(run(capfd, "decode", "gatt-2a35", "/dev/zero"), "longer than one notification")
    assert_refused(run(capfd, "decode", "gatt-2a35", "/dev/zero", "--hex"), "line 1 is not hex")


def test_a_missing_file_and_a_folder_are_refused_in_a_sentence(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert_refused(run(capfd, "decode", "suntech", tmp_path / "none"), "none")
    assert_refused(run(capfd, "decode", "suntech", tmp_path), str(tmp_path))


def test_the_list_names_every_protocol(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "decode", "--list")
    assert [line.split()[0] for line in ran.out.splitlines()] == list(PROTOCOLS)


def test_readings_are_shown_while_the_stream_still_runs() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "ketamon", "decode", "nonin-df8"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(bytes.fromhex("803c6100"))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["spo2"] == 97
        process.stdin.close()
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def test_standard_input_is_read_where_no_file_is_named(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"10482c03\n")))
    assert json.loads(run(capfd, "decode", "gatt-2a37", "--hex").out)["heart_rate"] == 72
