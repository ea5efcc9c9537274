"""Every real file end to end: what is imported is what second readers and other people counted."""

import csv
import json
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ketamon.entries import Entry
from ketamon.ledger.importers.recording import RecordingError, read_recording
from ketamon.ledger.importers.vital_file import read_vital
from ketamon.ledger.session_file import read_session, write_session
from tests.commands.run import run
from tests.conftest import ROOT
from tests.ledger.importers.second_readers import vital_tracks, wfdb_values

SHIPPED = ROOT / "sample_data"
MORE = ROOT.parent / "shared" / "recordings"
NO_MORE = f"no {MORE.parent.name}/{MORE.name} beside the repository"
EICU = "time=observationoffset[min],sys=noninvasivesystolic,dia=noninvasivediastolic,map=noninvasivemean"
NO_RECORDING = {"nurse_set_alarm_limits.csv"}
FIELDS = {
    "blood_pressure": {"systolic": "SYS", "diastolic": "DIA", "mean": "MAP", "pulse_rate": "CUFF_PULSE"},
    "oximetry": {"spo2": "SPO2", "pulse_rate": "PULSE", "perfusion_index": "PI"},
    "heart_rate": {"heart_rate": "HR"},
    "respiration": {"rr": "RR"},
}  # fmt: skip
VITAL_NAMES = {
    "NIBP_SYS": "SYS", "NIBP_DIA": "DIA", "NIBP_MEAN": "MAP", "NIBP_HR": "CUFF_PULSE",
    "PLETH_SAT_O2": "SPO2", "PLETH_HR": "PULSE", "PLETH_PERF_REL": "PI", "HR": "HR", "RR": "RR",
}  # fmt: skip
WFDB_NAMES = {
    "HR": "HR", "PULSE": "PULSE", "RESP": "RR", "SpO2": "SPO2", "NBPSys": "SYS", "NBPDias": "DIA",
    "NBPMean": "MAP",
}  # fmt: skip
Series = dict[str, list[tuple[int, float]]]


def files(folder: Path) -> list[Path]:
    endings = {".csv", ".vital", ".hea", ".dat"}
    return sorted(f for f in folder.glob("*") if f.suffix in endings and f.name not in NO_RECORDING)


def imported(entries: tuple[Entry, ...]) -> Series:
    """Every number by channel, those that don't count with them, with its milliseconds."""
    found: Series = defaultdict(list)
    for entry in entries:
        fields = FIELDS.get(entry.kind, {})
        line: dict[str, Any] = msgspec.json.decode(entry.line)
        numbers = {fields[k]: v for k, v in line.items() if k in fields and v is not None}
        for channel, value in {**numbers, **line.get("raw", {})}.items():
            found[channel].append((entry.t_ms, value))
    return found


def by_hand(file: Path) -> Series:
    """The same by second readers."""
    if file.suffix == ".vital":
        return _vital(file)
    if file.suffix in (".hea", ".dat"):
        [header] = [h for h in file.parent.glob("*.hea") if f"{file.stem}" in h.read_text()]
        record = wfdb_values(header)
        return {
            WFDB_NAMES[name]: [
                (round(i * record.interval_s * 1000), value)
                for i, value in enumerate(values)
                if value is not None
            ]
            for name, values in record.signals.items()
            if name in WFDB_NAMES
        }
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    found: Series = defaultdict(list)
    if "observationoffset" in rows[0]:
        start = int(rows[0]["observationoffset"])
        for row in rows:
            t_ms = (int(row["observationoffset"]) - start) * 60_000
            for end, channel in (("systolic", "SYS"), ("diastolic", "DIA"), ("mean", "MAP")):
                if row[f"noninvasive{end}"]:
                    found[channel].append((t_ms, float(row[f"noninvasive{end}"])))
        return found
    first = datetime.fromisoformat(rows[0]["time"])
    for row in rows:
        t_ms = round((datetime.fromisoformat(row["time"]) - first).total_seconds() * 1000)
        cells = {row["channel"]: row["value"]} if "channel" in row else row
        for channel, cell in cells.items():
            if channel != "time" and not channel.startswith("LIMIT.") and cell:
                found[channel].append((t_ms, float(cell)))
    return found


def _vital(file: Path) -> Series:
    """Tracks by name; the monitor's cuff values, told again each second, are one measurement."""
    tracks = vital_tracks(file)
    numbers = {k.partition("/")[2]: v for k, v in tracks.items() if k != "EVENT"}
    start = min(seconds for records in numbers.values() for seconds, _ in records)
    found: Series = {}
    for name, channel in VITAL_NAMES.items():
        series = [(round((s - start) * 1000), float(v)) for s, v in numbers[name]]
        if name.startswith("NIBP"):
            assert len({value for _, value in series}) == 1
            series = series[:1]
        found[channel] = series
    return found


def facts(series: list[tuple[int, float]]) -> tuple[int, float, float, int, int]:
    """Count, minimum, maximum, first and last time."""
    values = [value for _, value in series]
    return len(series), min(values), max(values), series[0][0], series[-1][0]


def agree(file: Path, folder: Path) -> None:
    """Imports the file into a session file, reads that, and compares all numbers."""
    recording = read_recording(file, EICU if file.name.startswith("eicu") else None)
    write_session(folder / "s.ketamon", recording.entries)
    found, wanted = imported(read_session(folder / "s.ketamon")), by_hand(file)
    assert {c: facts(s) for c, s in found.items()} == {
        c: pytest.approx(facts(s)) for c, s in wanted.items() if s
    }
    for channel, series in found.items():
        assert [t for t, _ in series] == [t for t, _ in wanted[channel]]
        assert [v for _, v in series] == pytest.approx([v for _, v in wanted[channel]])


@pytest.mark.parametrize("file", files(SHIPPED), ids=lambda f: f.name)
def test_shipped_file_keeps_every_number(file: Path, tmp_path: Path) -> None:
    agree(file, tmp_path)


@pytest.mark.skipif(not MORE.is_dir(), reason=NO_MORE)
@pytest.mark.parametrize("file", files(MORE), ids=lambda f: f.name)
def test_other_file_keeps_every_number(file: Path, tmp_path: Path) -> None:
    agree(file, tmp_path)


def test_there_are_files_to_compare() -> None:
    assert len(files(SHIPPED)) == 8
    assert not MORE.is_dir() or len(files(MORE)) == 20


def test_a_table_of_limits_is_no_recording() -> None:
    for name in NO_RECORDING:
        with pytest.raises(RecordingError, match="table of other columns"):
            read_recording(SHIPPED / name)


def test_numeric_tracks_agree_with_somebody_else_s_count() -> None:
    wanted = json.loads((SHIPPED / "test_data_demo.vital.expected.json").read_text())
    file = read_vital((SHIPPED / "test_data_demo.vital").read_bytes())
    found = {}
    for track in file.tracks:
        if track.kind == 2:
            values = [value for _, value in track.records]
            found[track.full_name] = {
                "n": len(values), "unit": track.unit, "first": round(track.records[0][0], 3),
                "last": round(track.records[-1][0], 3), "min": min(values), "max": max(values),
            }  # fmt: skip
    assert found == wanted["numeric_tracks"]
    assert file.cut is None
    started = read_recording(SHIPPED / "test_data_demo.vital").entries[0].body.started
    assert started == "2019-07-11T11:54:27.602+02:00"


def test_the_wfdb_record_agrees_with_somebody_else_s_count() -> None:
    wanted = json.loads((SHIPPED / "s00001-2896-10-10-00-31n.expected.json").read_text())
    recording = read_recording(SHIPPED / "s00001-2896-10-10-00-31n.hea")
    found = imported(recording.entries)
    assert found.keys() == wanted["channels"].keys()
    for channel, counts in wanted["channels"].items():
        count, lowest, highest, *_ = facts(found[channel])
        assert (count, lowest, highest) == (counts["n"], counts["raw_min"], counts["raw_max"])
        assert sum(value == 0 for _, value in found[channel]) == counts["zeros"]
    assert sum(map(len, found.values())) == wanted["rows"]
    assert recording.duration_ms == wanted["span_s"] * 1000
    assert recording.entries[0].body.started.endswith(wanted["first"].partition("T")[2])


def test_the_table_that_was_made_of_the_record_gives_the_same_readings() -> None:
    record = read_recording(SHIPPED / "s00001-2896-10-10-00-31n.hea").entries
    made = read_recording(SHIPPED / "icu_32h_1min.csv").entries
    assert [(e.t_ms, e.body) for e in record if e.is_reading] == [
        (e.t_ms, e.body) for e in made if e.is_reading
    ]


@pytest.mark.parametrize(
    "file", [f for f in files(SHIPPED) if f.suffix != ".csv"], ids=lambda f: f.name
)
def test_replay_takes_it_and_says_what_was_lost(
    capfd: pytest.CaptureFixture[str], file: Path
) -> None:
    limits = ROOT / "ketamon" / "profiles" / "iv_adult.toml"
    ran = run(capfd, "replay", file, "--headless", "--limits", limits)
    assert ran.code == 0
    assert "left out" in ran.err
    assert ran.out.count('"kind":"alarm"') == ran.out.count("\n")
    assert bool(ran.out) == (file.suffix != ".vital")  # the demonstration stands within its limits


@pytest.mark.parametrize(
    "file", [f for f in files(SHIPPED) if f.suffix == ".vital"], ids=lambda f: f.name
)
def test_the_vitaldb_package_reads_the_same_numbers(file: Path) -> None:
    vitaldb = pytest.importorskip(
        "vitaldb", reason="vitaldb is missing: pip install vitaldb (315 MB)"
    )
    theirs = vitaldb.VitalFile(str(file)).trks
    for track in read_vital(file.read_bytes()).tracks:
        records = [(rec["dt"], rec["val"]) for rec in theirs[track.full_name].recs]
        assert [at for at, _ in records] == [at for at, _ in track.records]
        values = [value for _, value in track.records]
        wanted = pytest.approx(values) if track.kind == 2 else values
        assert [value for _, value in records] == wanted


def test_the_wfdb_package_reads_the_same_numbers() -> None:
    wfdb = pytest.importorskip("wfdb", reason="wfdb is missing: pip install wfdb (315 MB)")
    theirs = wfdb.rdrecord(str(SHIPPED / "s00001-2896-10-10-00-31n"))
    found = imported(read_recording(SHIPPED / "s00001-2896-10-10-00-31n.hea").entries)
    for i, name in enumerate(theirs.sig_name):
        if name in WFDB_NAMES:
            values = [float(v) for v in theirs.p_signal[:, i] if v == v]  # noqa: PLR0124 (NaN)
            assert [v for _, v in found[WFDB_NAMES[name]]] == pytest.approx(values)
