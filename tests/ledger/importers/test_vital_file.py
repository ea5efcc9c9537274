"""`.vital`: numbers by name, texts as notes, and a sentence for everything that can't come along."""

import gzip
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketamon.ledger.importers.recording import Recording, RecordingError, read_recording
from ketamon.ledger.importers.vital_file import VitalFileError, read_vital
from tests.ledger.importers.second_readers import device, packet, string, track, value, vital, words

T0 = 1_700_000_000.0
MONITOR = (device(1, "Solar8000"), track(1, "NIBP_SBP", "mmHg"), track(2, "NIBP_DBP", "mmHg"),
           track(3, "HR", "/min"), track(4, "PLETH_SPO2", "%"))  # fmt: skip


def reads(tmp_path: Path, data: bytes) -> Recording:
    file = tmp_path / "a.vital"
    file.write_bytes(data)
    return read_recording(file)


def reasons(recording: Recording) -> dict[str, int]:
    return {flag.reason: flag.count for flag in recording.flags}


def lines(recording: Recording, kind: str) -> list[tuple[float, object]]:
    return [(e.t_ms / 1000, e.body) for e in recording.entries if e.kind == kind]


def test_tracks_become_readings_by_their_names(tmp_path: Path) -> None:
    found = reads(
        tmp_path,
        vital(
            *MONITOR, value(1, T0, 120), value(2, T0, 80), value(4, T0, 97), value(3, T0 + 2, 71.5)
        ),
    )
    [(at, pressure)] = lines(found, "blood_pressure")
    assert (at, pressure.systolic_mmhg, pressure.diastolic_mmhg) == (0, 120, 80)
    [(_, oximetry)] = lines(found, "oximetry")
    assert oximetry.spo2_pct == 97
    [(at, rate)] = lines(found, "heart_rate")
    assert (at, rate.heart_rate_per_min) == (2, 71.5)
    assert found.entries[0].body.started == "2023-11-14T22:13:20.000+00:00"


def test_cadence_is_the_median_interval_of_the_track(tmp_path: Path) -> None:
    times = (0, 2, 4, 9)
    found = reads(tmp_path, vital(*MONITOR, *(value(3, T0 + t, 70) for t in times)))
    cadences = {e.device: e.body.cadence_s for e in found.entries if e.kind == "device"}
    assert cadences == {"strap": 2}


def test_a_cuff_told_again_each_second_is_one_measurement(tmp_path: Path) -> None:
    told = [value(n, T0 + t, v) for t in range(40) for n, v in ((1, 120 + (t > 20)), (2, 80))]
    found = reads(tmp_path, vital(*MONITOR, *told))
    assert [at for at, _ in lines(found, "blood_pressure")] == [0, 21]
    assert reasons(found) == {"cuff reading told again: one measurement": 38}


def test_equal_cuff_values_minutes_apart_are_two_measurements(tmp_path: Path) -> None:
    told = [value(n, T0 + t, v) for t in (0, 15, 31) for n, v in ((1, 120), (2, 80))]
    found = reads(tmp_path, vital(*MONITOR, *told))
    assert [at for at, _ in lines(found, "blood_pressure")] == [0, 31]


def test_texts_become_notes_and_may_come_first(tmp_path: Path) -> None:
    events = track(5, "EVENT", of=0, kind=5)
    data = vital(*MONITOR, events, words(5, T0 - 60, "start\x1b[2J"), value(3, T0, 70))
    found = reads(tmp_path, data)
    assert [(at, note.text) for at, note in lines(found, "note")] == [(0, "start[2J")]
    assert [at for at, _ in lines(found, "heart_rate")] == [60]


def test_tracks_come_together_in_order_of_time(tmp_path: Path) -> None:
    data = vital(*MONITOR, value(3, T0 + 5, 70), value(4, T0 + 1, 97), value(4, T0 + 6, 96))
    found = reads(tmp_path, data)
    assert [e.t_ms for e in found.entries if e.is_reading] == [0, 4000, 5000]
    assert reasons(found) == {}


def test_time_that_goes_back_within_a_track_is_clamped_and_counted(tmp_path: Path) -> None:
    data = vital(*MONITOR, value(3, T0, 70), value(3, T0 + 9, 71), value(3, T0 + 4, 72))
    found = reads(tmp_path, data)
    assert [e.t_ms for e in found.entries if e.is_reading] == [0, 9000, 9000]
    assert reasons(found)["time that goes back: set to the time before it"] == 1
    assert reasons(found)["second value of a channel at one time"] == 1


def test_a_time_decades_later_is_left_out_and_counted(tmp_path: Path) -> None:
    found = reads(tmp_path, vital(*MONITOR, value(3, 1.0, 70), value(3, T0, 71)))
    assert [e.t_ms for e in found.entries if e.is_reading] == [0]
    assert reasons(found) == {"time over 30 years after the first: left out": 1}


def test_every_loss_is_counted(tmp_path: Path) -> None:
    wave = track(9, "ECG_II", "mV", kind=1, code=6)
    found = reads(
        tmp_path,
        vital(
            *MONITOR, wave, track(6, "ABP_SYS", "mmHg"), track(7, "ECG_HR", "/min"), track(8, "RR"),
            value(6, T0, 121), value(6, T0 + 1, 122), value(7, T0, 71), value(3, T0, 70),
            value(8, T0, 12), value(3, T0 + 1, float("nan")), value(3, T0 + 2, 999),
            value(77, T0, 1), packet(1, b"short"), value(3, float("nan"), 70),
        ),
    )  # fmt: skip
    assert reasons(found) == {
        "packet that can't be read: left out": 3,
        "wave track left out (Solar8000/ECG_II)": 1,
        "Solar8000/HR: a record without a value": 1,
        "value of Solar8000/ABP_SYS left out: no place in a session": 2,
        "value of Solar8000/ECG_HR left out: Solar8000/HR is taken": 1,
        "RR without a unit: taken as /min": 1,
        "HR outside 20–300 /min: kept, not judged": 1,
    }


@pytest.mark.parametrize("left", [0.5, 0.9, 0.999])
def test_a_cut_off_file_says_so_and_keeps_what_came_before(tmp_path: Path, left: float) -> None:
    data = vital(*MONITOR, *(value(3, T0 + t, 60 + t % 7) for t in range(2000)))
    found = reads(tmp_path, data[: int(len(data) * left)])
    rates = lines(found, "heart_rate")
    assert reasons(found)["the file is cut off: what came before is read"] == 1
    assert 0 < len(rates) <= 2000
    assert [rate.heart_rate_per_min for _, rate in rates] == [60 + t % 7 for t in range(len(rates))]


def test_a_last_packet_without_its_end_is_a_cut_off_file(tmp_path: Path) -> None:
    plain = gzip.decompress(vital(*MONITOR, value(3, T0, 70), value(3, T0 + 1, 71)))
    found = reads(tmp_path, gzip.compress(plain[:-1]))
    assert len(lines(found, "heart_rate")) == 1
    assert reasons(found) == {"the file is cut off: what came before is read": 1}


def test_a_damaged_stream_says_so(tmp_path: Path) -> None:
    data = bytearray(vital(*MONITOR, *(value(3, T0 + t, t % 251 + 20) for t in range(5000))))
    data[-6] ^= 1
    found = reads(tmp_path, bytes(data))
    assert reasons(found)["the file is damaged: what came before is read"] == 1
    assert lines(found, "heart_rate")


def test_older_track_packets_without_their_tail_are_read(tmp_path: Path) -> None:
    short = packet(0, struct.pack("<HBB", 3, 2, 1) + string("HR"))
    found = reads(tmp_path, vital(short, value(3, T0, 70)))
    assert lines(found, "heart_rate")
    assert reasons(found) == {"HR without a unit: taken as /min": 1}


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5, 6, 7, 8])
def test_every_number_format_is_read(code: int) -> None:
    body = struct.pack("<HdH", 10, T0, 3) + struct.pack("<" + "fdbBhHiI"[code - 1], 71)
    file = read_vital(vital(track(3, "HR", code=code), packet(1, body)))
    assert file.tracks[0].records == [(T0, 71)]


def test_a_float_has_the_digits_that_it_was_given() -> None:
    file = read_vital(vital(track(3, "HR"), value(3, T0, 36.6)))
    assert file.tracks[0].records == [(T0, 36.6)]


def test_another_gzip_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"is a gzip file with something else than a \.vital"):
        reads(tmp_path, gzip.compress(b"hello"))


def test_a_file_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ketamon.ledger.importers.vital_file.UNPACKED_LIMIT", 1000)
    with pytest.raises(VitalFileError, match="unpacked"):
        read_vital(gzip.compress(b"VITA" + bytes(5000)))


@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_packets_are_read_without_an_error(noise: bytes, cut: int) -> None:
    plain = gzip.decompress(vital(*MONITOR, value(3, T0, 70)))
    read_vital(gzip.compress(plain[:cut] + noise) if cut > 10 else vital(noise))
