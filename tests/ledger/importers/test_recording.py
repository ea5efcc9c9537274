"""Recordings: real files load whole, everything odd is kept and counted, nothing raises."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketamon.engine.playback import timeline
from ketamon.entries import Entry
from ketamon.ledger.importers.recording import Recording, RecordingError, read_recording

HEAD = "time,channel,value,unit,error\n"


def reads(tmp_path: Path, text: str | bytes, name: str = "r.csv") -> Recording:
    """Writes a file and reads it."""
    file = tmp_path / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_recording(file)


def rows(*lines: str) -> str:
    """A long CSV: `SECONDS,CHANNEL,VALUE` a line."""
    return HEAD + "".join(f"{line},,0\n" for line in lines)


def bodies(recording: Recording, kind: str) -> list[Entry]:
    return [entry for entry in recording.entries if entry.kind == kind]


def reasons(recording: Recording) -> dict[str, int]:
    return {flag.reason: flag.count for flag in recording.flags}


def test_rows_of_one_time_form_one_reading_a_device(tmp_path: Path) -> None:
    recording = reads(
        tmp_path, rows("0,SYS,140", "0,HR,70", "0,DIA,80", "0,SPO2,97", "0,MAP,100", "0,PULSE,71")
    )
    [pressure] = bodies(recording, "blood_pressure")
    assert (pressure.body.systolic_mmhg, pressure.body.diastolic_mmhg) == (140, 80)
    assert pressure.body.mean_mmhg == 100
    assert pressure.device == "cuff"
    [oximetry] = bodies(recording, "oximetry")
    assert (oximetry.body.spo2_pct, oximetry.body.pulse_rate_per_min) == (97, 71)
    [heart_rate] = bodies(recording, "heart_rate")
    assert (heart_rate.device, heart_rate.body.heart_rate_per_min) == ("strap", 70)


def test_wide_and_long_form_of_the_same_values_give_the_same_entries(tmp_path: Path) -> None:
    wide = "time,HR,PULSE,RR,SPO2,SYS,DIA,MAP\n0,70,,12,97,140,80,\n60.5,71,,12,96,,,\n"
    long = rows(
        "0,HR,70", "0,RR,12", "0,SPO2,97", "0,SYS,140", "0,DIA,80",
        "60.5,HR,71", "60.5,RR,12", "60.5,SPO2,96",
    )  # fmt: skip
    lines = [
        [entry.line.replace(b"wide", b"long") for entry in reads(tmp_path, text).entries]
        for text in (wide, long)
    ]
    assert lines[0] == lines[1]


def test_cadence_is_the_median_interval_of_the_channel(tmp_path: Path) -> None:
    recording = reads(
        tmp_path,
        rows("0,HR,70", "60,HR,70", "120,HR,70", "400,HR,70", "0,SPO2,97", "0,SYS,120"),
    )
    cadences = {entry.device: entry.body.cadence_s for entry in bodies(recording, "device")}
    assert cadences == {"cuff": None, "oximeter": None, "strap": 60}


def test_zero_is_a_sensor_that_was_off_and_stays_in_the_line(tmp_path: Path) -> None:
    recording = reads(tmp_path, rows("0,SPO2,0", "0,PULSE,0", "1,SPO2,97", "1,PULSE,0"))
    off, on = bodies(recording, "oximetry")
    assert off.body.spo2_pct is None
    assert off.body.status == ("sensor_off",)
    assert b'"raw":{"SPO2":0,"PULSE":0}' in off.line
    assert on.body.spo2_pct == 97
    assert on.body.status == ()
    assert reasons(recording) == {
        "SPO2 0: the sensor was off": 1,
        "PULSE 0: the sensor was off": 2,
    }


def test_impossible_values_are_kept_and_counted_and_alarm_as_nothing(tmp_path: Path) -> None:
    recording = reads(
        tmp_path,
        rows(
            "0,LIMIT.SYS_HI,160", "0,LIMIT.HR_LO,50", "0,SYS,11647", "10,SYS,11", "10,DIA,36",
            "20,HR,3", "30,SYS,150", "40,SYS,100", "40,DIA,100",
        ),
    )  # fmt: skip
    values = [entry.body.systolic_mmhg for entry in bodies(recording, "blood_pressure")]
    assert values == [11647, 11, 150, 100]
    assert reasons(recording) == {
        "SYS outside 30–300 mmHg: kept, not judged": 2,
        "SYS not above DIA: kept, not judged": 2,
        "HR outside 20–300 /min: kept, not judged": 1,
        "SYS without DIA: judged alone": 1,
    }
    assert recording.flags[0].first_line == 4
    assert list(timeline(recording.entries)) == []


def test_a_pressure_with_a_zero_is_a_failed_measurement_as_a_whole(tmp_path: Path) -> None:
    recording = reads(tmp_path, rows("0,LIMIT.DIA_HI,90", "0,SYS,0", "0,DIA,95"))
    [pressure] = bodies(recording, "blood_pressure")
    assert pressure.body.diastolic_mmhg is None
    assert pressure.body.status == ("invalid",)
    assert list(timeline(recording.entries)) == []


def test_limits_of_a_time_come_before_its_readings(tmp_path: Path) -> None:
    recording = reads(tmp_path, rows("0,SYS,172", "0,LIMIT.SYS_HI,160", "60,SYS,150"))
    [line, *_] = timeline(recording.entries)
    assert (line.body.change, line.body.value, line.body.limit) == ("raised", 172, 160)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("1,LIMIT.HR_LO,580", "HR limit outside 25–240: the old one stays"),
        ("1,LIMIT.SPO2_LO,8", "SpO2 limit outside 50–100: the old one stays"),
        ("1,LIMIT.SPO2_HI,100", "LIMIT.SPO2_HI: SPO2 has no such limit"),
        ("1,LIMIT.HR_LO,130", "limits crossed: the old limit stays"),
        ("1,LIMIT.HR_LO,fifty", "limit that is no number: the old one stays"),
        ("1,LIMIT.TEMP_HI,38", "LIMIT.TEMP_HI: a limit that is not known"),
        ("1,LIMIT.,38", "LIMIT.: a limit that is not known"),
    ],
)
def test_an_impossible_limit_is_counted_and_the_old_one_stays(
    tmp_path: Path, row: str, reason: str
) -> None:
    recording = reads(
        tmp_path, rows("0,LIMIT.HR_HI,120", "0,LIMIT.HR_LO,50", "0,HR,70", row, "2,HR,70")
    )
    assert reason in reasons(recording)
    [limits] = bodies(recording, "limits")
    assert limits.body.profile == {"hr": {"high": {"medium": 120}, "low": {"medium": 50}}}


def test_both_limits_of_a_vital_may_move_past_the_old_ones_together(tmp_path: Path) -> None:
    recording = reads(
        tmp_path,
        rows(
            "0,LIMIT.HR_HI,60", "0,LIMIT.HR_LO,40", "0,HR,50",
            "9,LIMIT.HR_LO,70", "9,LIMIT.HR_HI,120", "9,HR,80",
        ),
    )  # fmt: skip
    assert bodies(recording, "limits")[-1].body.profile["hr"] == {
        "high": {"medium": 120},
        "low": {"medium": 70},
    }


def test_times_that_go_back_are_clamped_counted_and_never_merged(tmp_path: Path) -> None:
    recording = reads(tmp_path, rows("0,SYS,120", "60,SYS,130", "50,DIA,80", "61,SYS,140"))
    assert [e.t_ms for e in bodies(recording, "blood_pressure")] == [0, 60000, 60000, 61000]
    assert reasons(recording)["time that goes back: set to the time before it"] == 1
    lines = b'{"t":5,"kind":"heart_rate","heart_rate":70}\n{"t":3,"kind":"heart_rate","heart_rate":71}\n'
    backwards = reads(tmp_path, lines)
    assert [entry.t_ms for entry in backwards.entries] == [5000, 5000]
    assert b'"t_given":3' in backwards.entries[1].line


def test_a_value_marked_as_an_error_is_kept_and_not_judged(tmp_path: Path) -> None:
    text = HEAD + "0,LIMIT.SYS_HI,160,mmHg,0\n0,SYS,190,mmHg,1\n9,SYS,150,mmHg,0\n"
    recording = reads(tmp_path, text)
    assert b'"raw":{"SYS":190}' in bodies(recording, "blood_pressure")[0].line
    assert list(timeline(recording.entries)) == []


def test_kilopascals_become_millimetres_and_unknown_units_are_not_judged(tmp_path: Path) -> None:
    recording = reads(tmp_path, HEAD + "0,SYS,20,kPa,0\n0,DIA,12,kPa,0\n9,HR,1.2,Hz,0\n")
    [pressure] = bodies(recording, "blood_pressure")
    assert (pressure.body.systolic_mmhg, pressure.body.diastolic_mmhg) == (150, 90)
    assert pressure.body.original_unit == "kPa"
    [rate] = bodies(recording, "heart_rate")
    assert rate.body.heart_rate_per_min is None
    assert b"1.2 Hz" in rate.line


def test_a_cut_off_file_loads_up_to_the_cut_and_says_so(tmp_path: Path) -> None:
    whole = rows("0,HR,70", "1,HR,71")
    recording = reads(tmp_path, whole + "2,HR")
    assert len(bodies(recording, "heart_rate")) == 2
    assert reasons(recording) == {"last row cut off: left out": 1}
    lines = b'{"t":0,"kind":"heart_rate","heart_rate":70}\n{"t":1,"kind":"hea'
    cut = reads(tmp_path, lines)
    assert len(cut.entries) == 1
    assert reasons(cut) == {"last line cut off: left out": 1}


def test_ndjson_lines_are_kept_to_the_byte_and_unknown_kinds_with_them(tmp_path: Path) -> None:
    lines = [
        b'{"t":0.000,"kind":"session","title":"x","mode":"LIVE","new":{"a":[1]}}',
        b'{"t":1.0,"kind":"heart_rate","device":"strap","heart_rate":70,"contact":null}',
        b'{"t":2,"kind":"sunrise","colour":"red"}',
    ]
    recording = reads(tmp_path, b"\xef\xbb\xbf" + b"\r\n".join(lines))
    assert [entry.line for entry in recording.entries] == lines
    assert recording.title == "x"


def test_a_recorded_simulation_says_so_in_its_title(tmp_path: Path) -> None:
    text = b'{"t":0,"kind":"session","title":"x","mode":"SIMULATED"}\n'
    rate = b'{"t":1,"kind":"heart_rate","heart_rate":70}\n'
    assert reads(tmp_path, text + rate).title == "x (simulated)"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (bytes(range(256)) * 9, "is a binary file"),
        (b"\x1f\x8b\x08\x00rest", "gzip"),
        (b"caf\xe9,b\n1,2\n", "UTF-8"),
        (b"hello\n", "is not a recording"),
        (b"a,b,c\n1,2,3\n", "table of other columns (a, b, c)"),
        (HEAD.encode(), "holds no readings"),
        (b'{"t":0,"kind":"note","text":"x"}\n', "holds no readings"),
        (b"{\n}\n", "holds no readings; 2"),
        (HEAD.encode() + b"yesterday,HR,70,,0\n", "time that can't be read"),
    ],
)
def test_what_is_no_recording_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes, words: str
) -> None:
    with pytest.raises(RecordingError) as refused:
        reads(tmp_path, content)
    text = str(refused.value)
    assert words in text
    assert "\n" not in text
    assert text.startswith(str(tmp_path))


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="no such file"):
        read_recording(tmp_path / "none.csv")
    with pytest.raises(RecordingError, match="is a folder"):
        read_recording(tmp_path)
    with pytest.raises(RecordingError, match="can't be read"):
        read_recording(tmp_path / ("x" * 300))


TEXTS = st.one_of(
    st.binary(max_size=300),
    st.builds(
        lambda head, body: head.encode() + body,
        st.sampled_from([HEAD, "time,HR,SPO2,SYS\n", "{", '{"t":0,"kind":"heart_rate"}\n']),
        st.binary(max_size=300),
    ),
    st.lists(
        st.tuples(
            st.sampled_from(["0", "-5", "1e300", "nan", "2000-01-01T00:00:00+05:00", "", "9"]),
            st.sampled_from(["SYS", "DIA", "hr", "SPO2", "PULSE", "LIMIT.HR_HI", "LIMIT.SYS_LO"]),
            st.sampled_from(["0", "70", "-1", "1e400", "inf", "7O", "", "1_0", "٣", "160.5"]),
            st.sampled_from(["", "kPa", "%", "\x85"]),
            st.sampled_from(["0", "1", ""]),
        ).map(",".join),
        max_size=12,
    ).map(lambda lines: (HEAD + "\n".join(lines)).encode()),
)


@given(content=TEXTS)
def test_any_bytes_load_or_are_refused_and_the_core_takes_what_loads(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_bytes(content)
    try:
        recording = read_recording(file)
    except RecordingError as refused:
        sentence = str(refused)
    else:
        sentence = ""
        assert_core_takes(recording)
    assert "\n" not in sentence


def assert_core_takes(recording: Recording) -> None:
    """In order of time, with a summary fit for one screen, through the core without an error."""
    times = [entry.t_ms for entry in recording.entries]
    assert times == sorted(times)
    assert all(len(line) < 300 and line.isprintable() for line in recording.summary())
    list(timeline(recording.entries))
