"""Recordings: real files load whole, everything odd is kept and counted, nothing raises."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketamon.engine.playback import timeline
from ketamon.entries import Entry
from ketamon.ledger.importers.marks import why_not_judged
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
        "DIA kept, not judged: SYS outside 30–300 mmHg in the same measurement": 1,
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
    rate = b'{"t":%d,"kind":"heart_rate","heart_rate":70}\n'
    stepping_back = reads(tmp_path, b"".join(rate % t for t in (5, 3, 6)))
    assert [entry.t_ms for entry in stepping_back.entries] == [5000, 5000, 6000]
    assert b'"t_given":3' in stepping_back.entries[1].line


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


FAILED = "kept, not judged: DIA {} in the same measurement"


@pytest.mark.parametrize(
    ("dia", "kept", "cause"),
    [
        ("0,mmHg,0", b"0", "0"),
        ("5000,mmHg,1", b"5000", "that the recording marks as an error"),
        ("8O,mmHg,0", b'"8O"', "that is no number"),
        ("8,psi,0", b'"8 psi"', "in a unit that is not known"),
    ],
)
def test_a_pressure_that_failed_keeps_all_its_values_and_says_what_is_not_judged(
    tmp_path: Path, dia: str, kept: bytes, cause: str
) -> None:
    text = HEAD + f"0,LIMIT.SYS_HI,160,,0\n9,SYS,190,mmHg,0\n9,DIA,{dia}\n9,MAP,16.1,kPa,0\n"
    recording = reads(tmp_path, text)
    [pressure] = bodies(recording, "blood_pressure")
    assert b'"raw":{"SYS":190,"DIA":' + kept + b',"MAP":"16.1 kPa"}' in pressure.line
    assert pressure.body.status == ("invalid",)
    assert reasons(recording)[f"SYS and MAP {FAILED.format(cause)}"] == 1
    assert why_not_judged(pressure) == f"DIA {cause}; SYS 190, MAP 16.1 kPa not judged"
    assert list(timeline(recording.entries)) == []
    again = reads(tmp_path, b"".join(entry.line + b"\n" for entry in recording.entries))
    assert reasons(again)[f"SYS and MAP {FAILED.format(cause)}"] == 1


def test_a_wide_row_with_an_impossible_number_keeps_the_others(tmp_path: Path) -> None:
    recording = reads(tmp_path, "time,SYS,DIA,MAP\n0,190,0,120\n9,190,,\n")
    failed, alone = bodies(recording, "blood_pressure")
    assert b'"raw":{"SYS":190,"DIA":0,"MAP":120},"not_judged":"DIA 0"' in failed.line
    assert alone.body.systolic_mmhg == 190
    assert b"raw" not in alone.line
    assert reasons(recording) == {
        "DIA 0: the sensor was off": 1,
        "SYS and MAP kept, not judged: DIA 0 in the same measurement": 1,
        "SYS without DIA: judged alone": 1,
    }


def test_an_empty_cell_is_no_value_of_its_channel(tmp_path: Path) -> None:
    recording = reads(tmp_path, "time,SYS,DIA\n0,,80\n0,140,\n0,,\n")
    [pressure] = bodies(recording, "blood_pressure")
    assert (pressure.body.systolic_mmhg, pressure.body.diastolic_mmhg) == (140, 80)
    assert recording.flags == ()


def test_a_mean_that_cannot_be_read_fails_no_measurement(tmp_path: Path) -> None:
    recording = reads(tmp_path, rows("0,SYS,190", "0,DIA,90", "0,MAP,?"))
    [pressure] = bodies(recording, "blood_pressure")
    assert (pressure.body.systolic_mmhg, pressure.body.status) == (190, ())
    assert b'"raw":{"MAP":"?"}}' in pressure.line


@pytest.mark.parametrize(
    ("fields", "reason", "words"),
    [
        ('"systolic":190,"diastolic":0', "SYS kept, not judged: DIA 0 in the same measurement",
         "DIA 0 means no value; SYS 190 not judged"),
        ('"systolic":190,"diastolic":80,"pulse_rate":900',
         "SYS and DIA kept, not judged: HR outside 20–300 /min in the same measurement",
         "HR 900 is outside 20–300 /min; SYS 190, DIA 80 not judged"),
        ('"systolic":90,"diastolic":95,"mean":92',
         "MAP kept, not judged: SYS not above DIA in the same measurement",
         "SYS 90 is not above DIA 95; MAP 92 not judged"),
    ],
)  # fmt: skip
def test_a_line_with_an_impossible_number_says_that_the_reading_is_not_judged(
    tmp_path: Path, fields: str, reason: str, words: str
) -> None:
    recording = reads(tmp_path, f'{{"t":0,"kind":"blood_pressure",{fields}}}\n'.encode())
    assert reasons(recording)[reason] == 1
    assert "SYS without DIA: judged alone" not in reasons(recording)
    assert why_not_judged(recording.entries[0]) == words


def test_a_typed_pressure_with_an_impossible_number_is_not_judged_and_its_pulse_is(
    tmp_path: Path,
) -> None:
    line = b'{"t":0,"kind":"manual","systolic":190,"diastolic":0,"pulse_rate":70}\n'
    found = reasons(reads(tmp_path, line))
    assert found["SYS kept, not judged: DIA 0 in the same measurement"] == 1


def test_marks_that_somebody_else_wrote_are_taken_for_none(tmp_path: Path) -> None:
    reading = '{"t":0,"kind":"blood_pressure","systolic":150,"diastolic":80,"not_judged":%s}\n'
    for mark in ("7", "[" * 900 + "]" * 900, '"\\u001b[2J","raw":{"SYS":"\\u001b[2J"}'):
        recording = reads(tmp_path, (reading % mark).encode())
        assert "\x1b" not in str(why_not_judged(recording.entries[0]))
        assert all(line.isprintable() for line in recording.summary())


def test_kilopascal_limits_are_converted_and_those_in_unknown_units_refused(
    tmp_path: Path,
) -> None:
    text = HEAD + "0,LIMIT.SYS_HI,21.3,kPa,0\n0,LIMIT.DIA_HI,13,psi,0\n0,SYS,160,mmHg,0\n"
    recording = reads(tmp_path, text)
    [limits] = bodies(recording, "limits")
    assert limits.body.profile == {"sys": {"high": {"medium": 159.8}}}
    assert reasons(recording)["DIA limit in a unit that is not known: the old one stays"] == 1
    [raised] = timeline(recording.entries)
    assert raised.body.limit == 159.8


@pytest.mark.parametrize("cell", [",,0", '"",,0', " ,mmHg,0", ",,1", "nan,,0"])
def test_an_empty_limit_changes_nothing_and_is_no_wrong_number(tmp_path: Path, cell: str) -> None:
    recording = reads(
        tmp_path, HEAD + f"0,LIMIT.SYS_HI,160,,0\n0,LIMIT.SYS_HI,{cell}\n0,HR,70,,0\n"
    )
    assert reasons(recording) == {}
    assert len(bodies(recording, "limits")) == 1


def test_a_limit_marked_as_an_error_is_told_as_that(tmp_path: Path) -> None:
    recording = reads(tmp_path, HEAD + "0,LIMIT.SYS_HI,160,,1\n0,HR,70,,0\n")
    reason = "limit that the recording marks as an error: the old one stays"
    assert reasons(recording) == {reason: 1}


CUT = [
    rows("0,HR,70", "1,HR,71") + "2,HR",
    "time,HR,SYS\n0,70,120\n1,70",
    '{"t":0,"kind":"heart_rate","heart_rate":70}\n{"t":1,"kind":"hea',
    rows("0,HR,70").encode() + "1,HR,7é".encode()[:-1],
]


@pytest.mark.parametrize("content", CUT)
def test_a_cut_off_file_is_refused_with_what_to_do(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(RecordingError, match=r"is cut off.*copy it again"):
        reads(tmp_path, content)


def test_a_last_line_without_its_newline_is_not_cut_off(tmp_path: Path) -> None:
    assert reads(tmp_path, rows("0,HR,70", "1,HR,71").rstrip("\n")).flags == ()
    table = reads(tmp_path, rows("0,HR,70") + "1,HR,71,,0,more")
    assert reasons(table) == {"row without its 5 columns: skipped": 1}
    rate = b'{"t":0,"kind":"heart_rate","heart_rate":70}'
    assert reads(tmp_path, rate).flags == ()
    assert len(reads(tmp_path, rate + b'\n{"t":"no entry"}').flags) == 1


@pytest.mark.parametrize(
    "content",
    [
        rows("60,HR,70", "0,HR,71"),
        "time,HR\n2000-01-01T09:00:00,70\n2000-01-01T09:05:00,70\n2000-01-01T08:59:59,70\n",
        '{"t":9,"kind":"heart_rate","heart_rate":70}\n{"t":3,"kind":"heart_rate","heart_rate":70}\n',
    ],
)
def test_a_file_that_runs_backwards_is_refused_with_what_to_do(
    tmp_path: Path, content: str
) -> None:
    with pytest.raises(RecordingError, match=r"runs backwards.*in order of time"):
        reads(tmp_path, content)


RATE = '{"t":1,"kind":"heart_rate","heart_rate":70}\n'


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        ('{"hr":{"high":{"medium":130,"high":120}}}',
         "hr.high: medium 130 lies beyond high 120; swap them"),
        ('{"spo2":{"low":{"medium":30}}}', "spo2.low.medium: 30 is outside 50–100 %"),
        ('{"hr":{"high":' + "[" * 900 + "]" * 900 + "}}",
         "hr.high: is not a table; write it as high = { medium = … }"),
        ('{"\\u001b[2J":1}', "[2J: unknown key; known here: profile, sys, dia, map, hr, spo2, rr, "
         "moaas, cuff, alarm"),
    ],
)  # fmt: skip
def test_refused_limits_are_counted_with_their_reason_and_are_no_limits(
    tmp_path: Path, profile: str, reason: str
) -> None:
    recording = reads(tmp_path, f'{{"t":0,"kind":"limits","profile":{profile}}}\n{RATE}'.encode())
    assert reasons(recording) == {f"limits refused: {reason}: the old ones stay": 1}
    assert not recording.has_limits
    good = '{"t":2,"kind":"limits","profile":{"hr":{"high":{"medium":120}}}}\n'
    assert reads(tmp_path, RATE + good).has_limits


@pytest.mark.parametrize("cadence", ["0", "-1", "1e9", "0.0"])
def test_a_cadence_that_is_none_is_counted(tmp_path: Path, cadence: str) -> None:
    line = f'{{"t":0,"kind":"device","device":"strap","cadence_s":{cadence}}}\n'
    found = reasons(reads(tmp_path, line + RATE))
    assert found == {"cadence_s that is no interval: refused, the old one stays": 1}
    sound = '{"t":0,"kind":"device","device":"strap","cadence_s":0.5}\n'
    assert reads(tmp_path, sound + RATE).flags == ()


def test_lines_that_nest_too_deep_are_counted_like_others_that_are_no_entry(
    tmp_path: Path,
) -> None:
    deep = "[" * 1000 + "]" * 1000
    lines = ("[" * 1000, deep, f'{{"t":2,"kind":"new","a":{deep}}}')
    recording = reads(tmp_path, RATE + "\n".join(lines) + "\n")
    assert len(recording.entries) == 1
    assert sum(reasons(recording).values()) == 3


def test_devices_pipes_and_long_files_are_refused_before_they_are_read(tmp_path: Path) -> None:
    pipe, long = tmp_path / "pipe", tmp_path / "long.csv"
    os.mkfifo(pipe)
    with long.open("wb") as file:
        file.truncate(600 * 1024 * 1024)
    for path, words in ((Path("/dev/zero"), "device or a pipe"), (pipe, "pipe"), (long, "512 MiB")):
        with pytest.raises(RecordingError, match=words):
            read_recording(path)


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
