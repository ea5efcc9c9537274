"""A 2-hour `.vital` is read in 50 ms, beside the `vitaldb` package where that is there."""

import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ketamon.ledger.importers.recording import read_recording
from ketamon.ledger.importers.vital_file import read_vital
from ketamon.ledger.session_file import write_session
from tests.ledger.importers.second_readers import device, track, value, vital

pytestmark = pytest.mark.bench
BUDGET_S = 0.050
RUNS, SECONDS, CUFF_EVERY_S = 7, 7200, 300
T0 = 1_700_000_000.0


@pytest.fixture
def two_hours(tmp_path: Path) -> Path:
    """Three numbers a second and a cuff reading each five minutes."""
    chance = random.Random(1)
    packets = [device(1, "Solar8000")]
    names = {
        "NIBP_SBP": "mmHg",
        "NIBP_DBP": "mmHg",
        "HR": "/min",
        "PLETH_SPO2": "%",
        "PLETH_HR": "/min",
    }
    packets += [track(i, name, unit) for i, (name, unit) in enumerate(names.items(), 1)]
    for s in range(SECONDS):
        if s % CUFF_EVERY_S == 0:
            packets += [value(1, T0 + s, chance.randint(100, 180)), value(2, T0 + s, 80)]
        packets += [value(n, T0 + s, chance.randint(90, 99)) for n in (3, 4, 5)]
    file = tmp_path / "a.vital"
    file.write_bytes(vital(*packets))
    return file


def median_s(action: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def test_two_hours_are_read_in_time(two_hours: Path, tmp_path: Path) -> None:
    read = median_s(lambda: read_vital(two_hours.read_bytes()))
    entries = median_s(lambda: read_recording(two_hours))
    recording = read_recording(two_hours)
    targets = iter(range(RUNS))
    written = median_s(
        lambda: write_session(tmp_path / f"{next(targets)}.ketamon", recording.entries)
    )
    print(
        f"\n2 h .vital: tracks {read * 1000:.0f} ms; {len(recording.entries)} entries "
        f"{entries * 1000:.0f} ms; session file {written * 1000:.0f} ms more"
    )
    assert read < BUDGET_S


def test_two_hours_beside_the_vitaldb_package(two_hours: Path) -> None:
    vitaldb = pytest.importorskip(
        "vitaldb", reason="vitaldb is missing: pip install vitaldb (315 MB)"
    )
    ours = median_s(lambda: read_vital(two_hours.read_bytes()))
    theirs = median_s(lambda: vitaldb.VitalFile(str(two_hours)))
    print(f"\n2 h .vital: ours {ours * 1000:.0f} ms, vitaldb {theirs * 1000:.0f} ms")
    assert ours < theirs
