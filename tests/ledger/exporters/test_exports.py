"""What is exported reads back as what it was, and what has no place is counted."""

import stat
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ketamon.entries import Alarm, Entry, Limits, Note, Phase, Session, decode, make
from ketamon.ledger.exporters.csv_table import write_csv
from ketamon.ledger.exporters.ndjson import write_lines
from ketamon.ledger.exporters.vital import write_vital
from ketamon.ledger.importers.flags import Flags
from ketamon.ledger.importers.recording import Recording, read_recording
from ketamon.ledger.new_file import NewFileError
from ketamon_drivers.readings import BloodPressure, HeartRate, Manual, Oximetry, Respiration
from tests.conftest import ROOT
from tests.ledger.importers.second_readers import vital_tracks

SAMPLES = sorted((ROOT / "sample_data").glob("charted_*.csv"))
RECORD = ROOT / "sample_data" / "s00001-2896-10-10-00-31n.hea"
VALUES = st.none() | st.integers(1, 400) | st.floats(1, 400).map(lambda v: round(v, 1))
STARTED = "2026-01-31T23:59:59.250+00:00"
HEAD = make(0, 0, Session(mode="SIMULATED", started=STARTED))


def readings(entries: "Recording | tuple[Entry, ...] | list[Entry]") -> list[tuple[object, ...]]:
    """Readings as time, device, body and what stays in the line as raw."""
    found = entries.entries if isinstance(entries, Recording) else entries
    return [
        (e.t_ms, e.device, e.body, msgspec.json.decode(e.line).get("raw"))
        for e in found
        if e.is_reading
    ]


def exported(
    tmp_path: Path, entries: "list[Entry] | tuple[Entry, ...]", form: str
) -> tuple[Recording, dict[str, int]]:
    """Writes and reads back; gives what was read, and what was lost."""
    path, losses = tmp_path / f"e.{form}", Flags()
    written(path, entries, form, losses)
    return read_recording(path), losses.counts


def written(
    path: Path, entries: "list[Entry] | tuple[Entry, ...]", form: str, losses: Flags
) -> None:
    """Writes a file of the form."""
    if form == "vital":
        write_vital(path, entries, losses)
    elif form == "ndjson":
        write_lines(path, entries)
    else:
        write_csv(path, entries, losses, wide=form == "csv-wide")


@st.composite
def sessions(draw: st.DrawFn) -> list[Entry]:
    """A session of any plausible readings, each device once a moment at most."""
    entries, t_ms = [HEAD], 0
    for _ in range(draw(st.integers(1, 12))):
        t_ms += draw(st.integers(20_000, 600_000))
        v = draw(st.lists(VALUES, min_size=10, max_size=10))
        some = [
            ("cuff", BloodPressure(v[0], v[1], v[2], pulse_rate_per_min=v[3])),
            ("oximeter", Oximetry(v[4], v[5], v[6])),
            ("strap", HeartRate(v[7])),
            ("monitor", Respiration(v[8])),
        ]
        if v[9] is not None:
            some.append(("person", Manual(systolic_mmhg=v[9], measured_t=float(t_ms // 1000))))
        for device, body in some:
            if any(isinstance(x, int | float) for x in msgspec.to_builtins(body).values()):
                entries.append(make(0, t_ms, body, device))
    return entries


@pytest.mark.parametrize("form", ["csv", "csv-wide", "vital"])
@given(session=sessions())
def test_any_session_s_readings_read_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, form: str, session: list[Entry]
) -> None:
    if not readings(session):
        return
    read, losses = exported(tmp_path_factory.mktemp("e"), session, form)
    assert readings(read) == readings(session)
    assert losses == {}
    assert read.entries[0].body.mode == "SIMULATED"
    assert read.entries[0].body.started in (STARTED, STARTED.replace("+00:00", ""))


@pytest.mark.parametrize("sample", [*SAMPLES, RECORD], ids=lambda path: path.stem)
@pytest.mark.parametrize("form", ["csv", "csv-wide", "ndjson"])
def test_real_recordings_read_back_the_same(tmp_path: Path, sample: Path, form: str) -> None:
    original = read_recording(sample)
    read, losses = exported(tmp_path, original.entries, form)
    assert readings(read) == readings(original)
    assert set(losses) <= {"limits left out"}
    limits = [[e.line for e in r.entries if e.kind == "limits"] for r in (original, read)]
    assert limits[0] == limits[1] or form == "csv-wide"


def test_ndjson_gives_the_same_entries_and_numbers(tmp_path: Path) -> None:
    alarm = Alarm("sys_high", "raised", "active", "medium", 172, 160, "absolute")
    entries = [
        msgspec.structs.replace(e, seq=seq)
        for seq, e in (
            (1, HEAD),
            (2, make(0, 10, BloodPressure(172, 80), "cuff")),
            (3, make(0, 10, alarm)),
            (7, decode(b'{"t":1.000,"kind":"from_tomorrow","x":[1]}')),
        )
    ]
    read, _ = exported(tmp_path, entries, "ndjson")
    assert [(e.seq, e.line) for e in read.entries] == [(e.seq, e.line) for e in entries]


FAILED = (
    b'{"t":5.000,"kind":"blood_pressure","device":"cuff","systolic":null,"diastolic":null,"mean":null,'
    b'"status":["invalid"],"raw":{"SYS":190,"DIA":%s},"not_judged":"%s"}'
)


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b"0", b"DIA 0"),
        (b'"err"', b"DIA that is no number"),
        (b"80", b"DIA that the recording marks as an error"),
    ],
)
def test_a_failed_measurement_stays_failed_in_a_long_table(
    tmp_path: Path, raw: bytes, cause: bytes
) -> None:
    entry = decode(FAILED % (raw, cause))
    read, losses = exported(tmp_path, [HEAD, entry], "csv")
    assert readings(read) == readings([entry])
    assert losses == {}


def test_a_wide_table_leaves_a_reading_out_that_it_can_t_mark_as_an_error(tmp_path: Path) -> None:
    failed = decode(FAILED % (b"80", b"DIA that the recording marks as an error"))
    rate = make(0, 5000, HeartRate(70), "strap")
    read, losses = exported(tmp_path, [HEAD, failed, rate], "csv-wide")
    assert readings(read) == readings([rate])
    assert losses == {"blood_pressure that doesn't count left out": 1}


@pytest.mark.parametrize("form", ["csv", "csv-wide", "vital"])
def test_a_reading_from_a_cuff_s_memory_is_not_live_when_it_is_read_back(
    tmp_path: Path, form: str
) -> None:
    stored = make(0, 0, BloodPressure(190, 90, status=("from_storage",)), "cuff")
    rate = make(0, 0, HeartRate(70), "strap")
    read, losses = exported(tmp_path, [HEAD, stored, rate], form)
    assert [e.body.systolic_mmhg for e in read.entries if e.kind == "blood_pressure"] in (
        [],
        [None],
    )
    assert losses


def test_a_sensor_that_was_off_stays_off(tmp_path: Path) -> None:
    off = make(0, 0, Oximetry(status=("sensor_off",)), "oximeter")
    for form in ("csv", "csv-wide"):
        read, losses = exported(tmp_path, [HEAD, off], form)
        [found] = [e.body for e in read.entries if e.kind == "oximetry"]
        assert found == off.body
        assert losses == {}


def test_what_a_table_has_no_place_for_is_counted(tmp_path: Path) -> None:
    profile = {"sys": {"high": {"medium": 160, "high": 180}}, "alarm": {"realarm_s": 100}}
    entries = [
        HEAD,
        make(0, 0, Limits(profile=profile)),
        make(0, 0, Limits(profile={"dia": {"high": {"medium": 100}}})),
        make(0, 0, Note(text="x")),
        make(0, 0, Phase("dosing")),
        decode(b'{"t":0,"kind":"from_tomorrow"}'),
        make(0, 0, HeartRate(70, rr_intervals_ms=(800,)), "strap"),
        make(0, 0, Oximetry(97, status=("motion",), device_time="2026-01-01T00:00:00"), "monitor"),
        make(0, 0, BloodPressure(160.5, 80.3, None, "kPa"), "cuff"),
        make(0, 0, Respiration(None), "monitor"),
    ]
    read, losses = exported(tmp_path, entries, "csv")
    assert losses == {
        "limits: only the medium ones written": 1,
        "LIMIT.SYS_HI taken away: the old one stays": 1,
        "note left out": 1,
        "phase left out": 1,
        "from_tomorrow left out": 1,
        "heart_rate: rr_intervals left out": 1,
        "oximetry: another device in its place": 1,
        "oximetry: device_time left out": 1,
        "status motion left out": 1,
        "pressure first given in kPa: in mmHg": 1,
        "respiration without a value left out": 1,
    }
    assert [e.body.profile for e in read.entries if e.kind == "limits"] == [
        {"sys": {"high": {"medium": 160}}, "dia": {"high": {"medium": 100}}}
    ]


def test_times_are_seconds_where_the_session_has_no_date(tmp_path: Path) -> None:
    write_csv(tmp_path / "a.csv", [make(0, 1500, HeartRate(70), "strap")], Flags(), wide=False)
    assert (tmp_path / "a.csv").read_text().splitlines()[1:] == [
        "0.000,HR,,,0,REPLAY",
        "1.500,HR,70,/min,0,REPLAY",
    ]


@pytest.mark.parametrize("started", ["soon", "", "9999-12-31T23:59:59"])
def test_times_are_seconds_where_its_date_is_none_or_ends_after_all_dates(
    tmp_path: Path, started: str
) -> None:
    entries = [make(0, 0, Session(started=started)), make(0, 9000, HeartRate(70), "strap")]
    read, _ = exported(tmp_path, entries, "csv")
    assert readings(read) == readings(entries)
    assert read.entries[0].body.started is None


def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(tmp_path: Path) -> None:
    entry = decode(FAILED % (b'"=1+1"', b"DIA that is no number"))
    write_csv(tmp_path / "a.csv", [HEAD, entry], Flags(), wide=False)
    assert ",DIA,'=1+1," in (tmp_path / "a.csv").read_text()


def test_vital_tracks_are_those_that_a_second_reader_finds(tmp_path: Path) -> None:
    entries = [
        make(0, 0, Session(mode="LIVE", started="2026-01-31T12:00:00+01:00")),
        make(0, 250, BloodPressure(121.3, 80, 93, pulse_rate_per_min=71), "cuff"),
        make(0, 1000, Phase("dosing")),
        make(0, 2000, Oximetry(97, 70), "oximeter"),
        make(0, 3000, Alarm("sys_high", "raised", "active", "medium", 172, 160, "absolute")),
    ]
    write_vital(tmp_path / "a.vital", entries, Flags())
    t0 = 1_769_857_200
    found = vital_tracks(tmp_path / "a.vital")
    assert found == {
        "EVENT": [(t0, "ketamon: LIVE"), (t0 + 1, "phase dosing"),
                  (t0 + 3, "alarm sys_high raised medium 172")],
        "ketamon/NIBP_SBP": [(t0 + 0.25, pytest.approx(121.3, abs=1e-5))],
        "ketamon/NIBP_DBP": [(t0 + 0.25, 80)],
        "ketamon/NIBP_MBP": [(t0 + 0.25, 93)],
        "ketamon/NIBP_HR": [(t0 + 0.25, 71)],
        "ketamon/PLETH_SPO2": [(t0 + 2, 97)],
        "ketamon/PLETH_HR": [(t0 + 2, 70)],
    }  # fmt: skip


@pytest.mark.parametrize(
    "started", ["2026-01-31T12:00:00.000+01:00", "2026-01-31T12:00:00.000-09:30"]
)
def test_the_clock_of_the_place_is_in_the_vital_file(tmp_path: Path, started: str) -> None:
    entries = [make(0, 0, Session(started=started)), make(0, 9000, HeartRate(70), "strap")]
    read, _ = exported(tmp_path, entries, "vital")
    assert read.entries[0].body.started == started


@pytest.mark.parametrize("started", [None, "no date", "2896-10-10T00:31:25.894"])
def test_a_session_without_a_date_that_fits_begins_in_2100(
    tmp_path: Path, started: str | None
) -> None:
    entries = [make(0, 0, Session(started=started)), make(0, 60_000, HeartRate(70), "strap")]
    read, _ = exported(tmp_path, entries, "vital")
    assert readings(read) == readings(entries)
    assert read.entries[0].body.started is None
    assert vital_tracks(tmp_path / "e.vital")["ketamon/HR"] == [(4_102_444_860.0, 70)]


def test_the_vitaldb_package_reads_what_is_written(tmp_path: Path) -> None:
    vitaldb = pytest.importorskip(
        "vitaldb", reason="vitaldb is missing: pip install vitaldb (315 MB)"
    )
    path = tmp_path / "a.vital"
    original = read_recording(RECORD)
    write_vital(path, original.entries, Flags())
    file = vitaldb.VitalFile(str(path))
    rates = [r["val"] for r in file.trks["ketamon/HR"].recs]
    wanted = [e.body.heart_rate_per_min for e in original.entries if e.kind == "heart_rate"]
    assert rates == pytest.approx([value for value in wanted if value is not None], rel=1e-6)


@pytest.mark.parametrize("form", ["csv", "ndjson", "vital"])
def test_files_are_private_and_never_replaced(tmp_path: Path, form: str) -> None:
    entries = [HEAD, make(0, 0, HeartRate(70), "strap")]
    exported(tmp_path, entries, form)
    path = tmp_path / f"e.{form}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_bytes()
    with pytest.raises(NewFileError, match="exists already"):
        written(path, entries, form, Flags())
    assert path.read_bytes() == before
