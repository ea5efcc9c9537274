"""WFDB numerics: header and 16-bit samples; either file may be given, every loss is said."""

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketamon.ledger.importers.recording import Recording, RecordingError, read_recording
from ketamon.ledger.importers.wfdb_numerics import WfdbError, is_header, parse_header

HEAD = "rec 2 0.5/125 3 31:25.894 10/10/2896\n"
SIGNALS = ("rec.dat 16 10/bpm 16 0 0 {} 0 HR\n", "rec.dat 16 1(-5)/mmHg 16 0 0 {} 0 NBPSys\n")
VALUES = ((700, 115), (-32768, -32768), (725, 130))


def record(
    tmp_path: Path, head: str = HEAD, signals: tuple[str, ...] = SIGNALS, values: object = VALUES
) -> Path:
    """A record's header and data, with the checksums that they should have."""
    rows = list(values)  # type: ignore[call-overload]
    (tmp_path / "rec.dat").write_bytes(b"".join(struct.pack("<2h", *row) for row in rows))
    sums = [sum(row[i] for row in rows) % 65536 for i in range(2)]
    lines = "".join(line.format(total) for line, total in zip(signals, sums, strict=True))
    (tmp_path / "rec.hea").write_text(head + lines + "# <age>: 60\n")
    return tmp_path / "rec.hea"


def reasons(recording: Recording) -> dict[str, int]:
    return {flag.reason: flag.count for flag in recording.flags}


def readings(recording: Recording) -> list[tuple[int, str]]:
    return [(e.t_ms, e.kind) for e in recording.entries if e.is_reading]


def test_gain_baseline_missing_and_fractional_rate(tmp_path: Path) -> None:
    found = read_recording(record(tmp_path))
    rates = [e.body.heart_rate_per_min for e in found.entries if e.kind == "heart_rate"]
    pressures = [e.body.systolic_mmhg for e in found.entries if e.kind == "blood_pressure"]
    assert (rates, pressures) == ([70, 72.5], [120, 135])
    assert [t for t, kind in readings(found) if kind == "heart_rate"] == [0, 4000]
    assert reasons(found) == {"SYS without DIA: judged alone": 2}


def test_a_blank_hour_and_a_surrogate_year(tmp_path: Path) -> None:
    assert read_recording(record(tmp_path)).entries[0].body.started == "2896-10-10T00:31:25.894"


def test_either_of_the_two_files_may_be_given(tmp_path: Path) -> None:
    header = record(tmp_path)
    given_data = read_recording(header.with_suffix(".dat"))
    assert [e.line for e in given_data.entries] == [e.line for e in read_recording(header).entries]


def test_data_without_its_header_or_with_two_is_refused(tmp_path: Path) -> None:
    header = record(tmp_path)
    (tmp_path / "twin.hea").write_text(header.read_text())
    with pytest.raises(RecordingError, match="give one of these headers"):
        read_recording(tmp_path / "rec.dat")
    header.unlink()
    (tmp_path / "twin.hea").unlink()
    with pytest.raises(RecordingError, match="is a binary file"):
        read_recording(tmp_path / "rec.dat")


def test_a_header_without_its_data_says_what_to_do(tmp_path: Path) -> None:
    header = record(tmp_path)
    (tmp_path / "rec.dat").unlink()
    with pytest.raises(RecordingError, match=r"needs rec\.dat, which isn't beside it; copy it"):
        read_recording(header)


def test_a_missing_first_sample_moves_no_time(tmp_path: Path) -> None:
    found = read_recording(record(tmp_path, values=((-32768, -32768), *VALUES[1:])))
    assert [t for t, _ in readings(found)] == [4000, 4000]


def test_data_that_were_cut_off_say_so(tmp_path: Path) -> None:
    header = record(tmp_path)
    data = tmp_path / "rec.dat"
    data.write_bytes(data.read_bytes()[:-3])
    found = read_recording(header)
    assert reasons(found)["the data file is cut off: 2 of 3 samples are there"] == 1
    assert [t for t, _ in readings(found)] == [0, 0]


def test_data_after_the_announced_end_are_counted(tmp_path: Path) -> None:
    header = record(tmp_path)
    with (tmp_path / "rec.dat").open("ab") as file:
        file.write(bytes(8))
    assert reasons(read_recording(header))["sample after the announced end: left out"] == 2


def test_a_checksum_that_does_not_hold_is_said(tmp_path: Path) -> None:
    header = record(tmp_path)
    data = bytearray((tmp_path / "rec.dat").read_bytes())
    data[0] ^= 1
    (tmp_path / "rec.dat").write_bytes(data)
    found = reasons(read_recording(header))
    assert found["HR: the header's checksum is another; the file was changed"] == 1
    assert not [reason for reason in found if reason.startswith("NBPSys: the header")]


def test_what_has_no_place_and_what_is_guessed_is_counted(tmp_path: Path) -> None:
    signals = ("rec.dat 16 0 16 0 0 {} 0 HR\n", "rec.dat 16 1/mmHg 16 0 0 {} 0 ABPSys\n")
    found = read_recording(record(tmp_path, signals=signals, values=((14000, 1), (15000, 2))))
    assert reasons(found) == {
        "HR without a gain: taken as 200 a unit": 1,
        "HR without a unit: taken as /min": 1,
        "value of ABPSys left out: no place in a session": 2,
        "the data file is cut off: 2 of 3 samples are there": 1,
    }


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("rec.dat 212 10/bpm 16 0 0 0 0 HR", "not one 16-bit sample"),
        ("rec.dat 16x2 10/bpm 16 0 0 0 0 HR", "not one 16-bit sample"),
        ("rec.dat 16:3 10/bpm 16 0 0 0 0 HR", "not one 16-bit sample"),
        ("../other/rec.dat 16 10/bpm 16 0 0 0 0 HR", "isn't beside it"),
        ("rec.dat sixteen", "names no signal"),
    ],
)
def test_what_is_not_read_is_refused_in_words(line: str, why: str) -> None:
    with pytest.raises(WfdbError, match=why):
        parse_header(f"rec 1 1 3\n{line}\n")


def test_segments_and_headers_that_were_cut_off_are_refused() -> None:
    with pytest.raises(WfdbError, match="several segments"):
        parse_header("rec/2 1 1 3\na 3\nb 4\n")
    with pytest.raises(WfdbError, match="2 signals are announced, 1 are there"):
        parse_header("rec 2 1 3\nrec.dat 16 10/bpm 16 0 0 0 0 HR\n")
    with pytest.raises(WfdbError, match="rate"):
        parse_header("rec 1 0 3\nrec.dat 16 10/bpm 16 0 0 0 0 HR\n")


@given(st.text(max_size=200))
def test_any_text_is_a_header_or_not_without_an_error(text: str) -> None:
    if is_header(text):
        with suppress(WfdbError):
            parse_header(text)
