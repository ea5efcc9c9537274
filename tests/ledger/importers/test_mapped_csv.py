"""Tables of other programs: oximeters' files, and any columns by a map that was given once."""

import stat
from pathlib import Path

import pytest

from ketamon.ledger.importers.clock_times import NEXT_DAY, TAKEN_DAY_FIRST, clock
from ketamon.ledger.importers.column_map import ColumnMapError, as_option, guessed, parse_map
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.importers.recording import Recording, RecordingError, read_recording
from ketamon.ledger.importers.saved_maps import maps_file, save_map, saved_map

VIHEALTH = """Time,Oxygen Level,Pulse Rate,Motion
23:59:56 Nov 27 2025,96,72,0
23:59:58 Nov 27 2025,95,73,4
00:00:00 Nov 28 2025,--,--,0
"""
O2_INSIGHT = """Time,SpO2(%),Pulse Rate(bpm),Motion,SpO2 Reminder,PR Reminder,
"11:59:58PM Nov 27, 2025",96,72,0,0,0,
"12:00:02AM Nov 28, 2025",95,73,4,0,0,
"12:00:06AM Nov 28, 2025",255,65535,3,0,0,
"""


@pytest.fixture(autouse=True)
def _own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KETAMON_CONFIG", str(tmp_path / "config" / "config.toml"))


def reads(tmp_path: Path, text: str, columns: str | None = None) -> Recording:
    file = tmp_path / "a.csv"
    file.write_text(text)
    return read_recording(file, columns)


def reasons(recording: Recording) -> dict[str, int]:
    return {flag.reason: flag.count for flag in recording.flags}


def oximetry(recording: Recording) -> list[tuple[int, object, object, tuple[str, ...]]]:
    return [
        (e.t_ms, e.body.spo2_pct, e.body.pulse_rate_per_min, e.body.status)
        for e in recording.entries
        if e.kind == "oximetry"
    ]


def cadence(recording: Recording, device: str) -> object:
    return {e.device: e.body.cadence_s for e in recording.entries if e.kind == "device"}[device]


def test_a_ring_s_file_over_midnight(tmp_path: Path) -> None:
    found = reads(tmp_path, VIHEALTH)
    assert found.form == "oximeter CSV"
    assert oximetry(found) == [(0, 96, 72, ()), (2000, 95, 73, ())]
    assert found.entries[0].body.started == "2025-11-27T23:59:56.000"
    assert cadence(found, "oximeter") == 2
    assert reasons(found) == {"column left out: Motion": 1}


def test_the_o2ring_s_file_and_its_sentinels_for_no_finger(tmp_path: Path) -> None:
    found = reads(tmp_path, O2_INSIGHT)
    assert oximetry(found) == [
        (0, 96, 72, ()), (4000, 95, 73, ()), (8000, None, None, ("sensor_off",)),
    ]  # fmt: skip
    assert b'"raw":{"SPO2":255,"PULSE":65535}' in found.entries[-1].line
    assert cadence(found, "oximeter") == 4
    assert reasons(found) == {
        "column left out: Motion, SpO2 Reminder, PR Reminder": 1,
        "SPO2 255 that means no finger: kept, not judged": 1,
        "PULSE 65535 that means no finger: kept, not judged": 1,
    }


def test_bidmc_numerics_need_no_map(tmp_path: Path) -> None:
    found = reads(tmp_path, "Time [s], HR, PULSE, RESP, SpO2\n0,94,93,25,97\n1,94,,25,97\n")
    assert found.form == "BIDMC numerics"
    assert oximetry(found) == [(0, 97, 93, ()), (1000, 97, None, ())]
    assert cadence(found, "strap") == 1


def test_queensland_trends_go_by_their_milliseconds(tmp_path: Path) -> None:
    found = reads(
        tmp_path,
        "Time,RelativeTimeMilliseconds,Clock,HR,Pulse,SpO2,NBP (Sys),NBP (Dia),NBP (Mean)\n"
        "00:00:00_000,0,11:05:01,70,71,97,120,80,93\n00:00:01_000,1000,11:05:02,70,71,97,120,80,93\n",
    )
    assert oximetry(found) == [(0, 97, 71, ()), (1000, 97, 71, ())]
    assert [e.t_ms for e in found.entries if e.kind == "blood_pressure"] == [0]


def test_an_unknown_table_says_how_to_name_its_columns(tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as refused:
        reads(tmp_path, "When,SBP,DBP,Comment\n0,120,80,\n")
    assert "ketamon import a.csv --map 'time=COLUMN,sys=COLUMN" in str(refused.value)
    with pytest.raises(RecordingError) as refused:
        reads(tmp_path, "Time,SBP,DBP,Comment\n0,120,80,\n")
    assert str(refused.value).endswith("--map 'time=Time,sys=SBP,dia=DBP'")


def test_a_map_is_read_with_names_numbers_and_units() -> None:
    names = ("Offset", "SBP, mmHg", "Puls [1/min]", "SBP, mmHg")
    found = parse_map("time=offset[min], sys=#2[kPa],pulse=Puls", names)
    assert found.places == {"time": 0, "sys": 1, "pulse": 2}
    assert found.units == {"time": "min", "sys": "kPa"}
    assert parse_map(as_option(found, names), names) == found


@pytest.mark.parametrize(
    ("option", "why"),
    [
        ("time", "is not KEY=COLUMN; keys are time"),
        ("bp=SBP", "is not KEY=COLUMN"),
        ("time=Time,time=SBP", "time stands twice"),
        ("sys=SBP", "says no time; add time=COLUMN"),
        ("time=Time", "names no vital"),
        ("time=Time,sys=Time", "Time stands for two things"),
        ("time=Tine,sys=SBP", "no column 'Tine'; there are: Time, SBP"),
        ("time=Time,sys=#3", "no column '#3'"),
        ("time=Time[weeks],sys=SBP", "give one of ms, s, min, h"),
        ("time=Time,sys=SBP[cmH2O]", "give mmHg or kPa"),
    ],
)
def test_a_map_that_does_not_fit_is_refused(option: str, why: str) -> None:
    with pytest.raises(ColumnMapError) as refused:
        parse_map(option, ("Time", "SBP"))
    assert why in str(refused.value)


def test_values_units_and_decimal_commas(tmp_path: Path) -> None:
    text = "Zeit;RRs;RRd;Puls\n01.02.2026 10:00;21,3;10,6;71\n13.02.2026 10:00;21,4;err;0\n"
    found = reads(tmp_path, text, "time=Zeit,sys=RRs[kPa],dia=RRd[kPa],hr=Puls")
    first, second = [e for e in found.entries if e.kind == "blood_pressure"]
    assert (first.body.systolic_mmhg, first.body.original_unit) == (159.8, "kPa")
    assert second.body.status == ("invalid",)
    assert b'"raw":{"SYS":"21.4 kPa","DIA":"err kPa"}' in second.line
    assert second.t_ms == 12 * 86_400_000
    assert reasons(found) == {
        "HR without a unit: taken as /min": 1,
        "HR 0: the sensor was off": 1,
        "value that is no number: kept, not judged": 1,
        "SYS kept, not judged: DIA that is no number in the same measurement": 1,
        "gap of over an hour without a reading": 1,
    }


def test_a_cut_off_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="is cut off in line 3"):
        reads(tmp_path, "T,S,H\n0,120,70\n1,1", "time=T,sys=S,hr=H")


def test_a_saved_map_is_used_for_the_same_columns_only(tmp_path: Path) -> None:
    names = ("When", "SBP", "2")
    save_map(names, parse_map("time=When[min],sys=SBP,hr=#3", names))
    save_map(("A", "B"), parse_map("time=A,spo2=B", ("A", "B")))
    found = reads(tmp_path, "When,SBP,2\n1,120,70\n3,121,71\n")
    assert found.form == "mapped CSV"
    assert [e.t_ms for e in found.entries if e.kind == "heart_rate"] == [0, 120_000]
    with pytest.raises(RecordingError, match="table of other columns"):
        reads(tmp_path, "When,SBP,3\n1,120,70\n")


def test_a_new_map_takes_the_place_of_the_old_one_in_a_private_file(tmp_path: Path) -> None:
    names = ("A", 'B "x"', "C")
    save_map(names, parse_map("time=A,spo2=#2", names))
    path = save_map(names, parse_map("time=A[h],spo2=C", names))
    assert path == maps_file() == tmp_path / "config" / "csv_columns.toml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.read_text().count("[[table]]") == 1
    assert saved_map(names) == parse_map("time=A[h],spo2=C", names)


@pytest.mark.parametrize(
    "text", ["[[table", "[[table]]\ntime = 1\n", '[[table]]\ncolumns = ["A", "B"]\ntime = "#9"\n']
)
def test_a_file_of_maps_that_can_t_be_used_is_named(tmp_path: Path, text: str) -> None:
    maps_file().parent.mkdir()
    maps_file().write_text(text)
    with pytest.raises(ColumnMapError) as refused:
        saved_map(("A", "B"))
    assert str(refused.value).startswith(str(maps_file()))


def test_names_let_one_think_what_a_column_is() -> None:
    names = (
        "observationoffset",
        "noninvasivesystolic",
        "noninvasivediastolic",
        "heartrate",
        "note",
    )
    found = guessed(names)
    assert found is not None
    assert as_option(found, names) == (
        "time=observationoffset[min],sys=noninvasivesystolic,dia=noninvasivediastolic,hr=heartrate"
    )
    assert guessed(("time", "note")) is None


@pytest.mark.parametrize(
    ("cells", "unit", "ms", "started", "said"),
    [
        (("0", "90"), "", 90_000, None, ["time without a unit: taken as seconds"]),
        (("0", "1.5"), "min", 90_000, None, []),
        (("1700000000", "1700000090"), "", 90_000, "2023-11-14T22:13:20.000+00:00", []),
        (("1700000000000", "1700000090000"), "", 90_000, "2023-11-14T22:13:20.000+00:00", []),
        (("2026-01-02T10:00:00Z", "2026-01-02T11:01:30+01:00"), "", 90_000, "2026-01-02T10:00:00.000+00:00", []),
        (("10:00", "10:01:30"), "", 90_000, None, []),
        (("23:59:00", "00:00:30"), "", 90_000, None, [NEXT_DAY]),
        (("11:59:00 PM", "12:00:30 am"), "", 90_000, None, [NEXT_DAY]),
        (("01/02/2026 10:00", "01/02/2026 10:01:30"), "", 90_000, "2026-02-01T10:00:00.000", [TAKEN_DAY_FIRST]),
        (("01/13/2026 10:00", "01/13/2026 10:01:30"), "", 90_000, "2026-01-13T10:00:00.000", []),
        (("13.01.26 10:00", "13.01.26 10:01:30"), "", 90_000, "2026-01-13T10:00:00.000", []),
        (("10:00:00 13/01/2026", "10:01:30 13/01/2026"), "", 90_000, "2026-01-13T10:00:00.000", []),
        (("13 Okt 2026 10:00", "13 Okt 2026 10:01:30"), "", 90_000, "2026-10-13T10:00:00.000", []),
        (("10:00:00_250", "10:01:30_250"), "", 90_000, None, []),
    ],
)  # fmt: skip
def test_times_as_they_are_written(
    cells: tuple[str, str], unit: str, ms: int, started: str | None, said: list[str]
) -> None:
    flags = Flags()
    reader = clock(cells, unit, flags)
    first, second = (reader.time_ms(cell, line) for line, cell in enumerate(cells, 2))
    assert first is not None
    assert second is not None
    assert second - first == ms
    assert reader.started == started
    assert list(flags.counts) == said


@pytest.mark.parametrize(
    "cell",
    ["", "soon", "25:00", "10:61", "13:00 PM", "10:00 32/01/2026", "nan", "1e300", "10:00 or so"],
)
def test_what_is_no_time_is_counted(cell: str) -> None:
    flags = Flags()
    assert clock((cell,), "", flags).time_ms(cell, 7) is None
    assert "time that can't be read: row left out" in flags.counts
