"""The recordings that ship load with the numbers that somebody else counted."""

import json
from pathlib import Path
from typing import Any

import pytest

from ketamon.core.plausible import counted
from ketamon.ledger.importers.flags import values_of
from ketamon.ledger.importers.recording import Recording, read_recording

FOLDER = Path(__file__).parents[3] / "sample_data"
EXPECTED = sorted(FOLDER.glob("charted_*.expected.json"))
VITAL_OF = {"DIA": "dia", "HR": "hr", "MAP": "map", "RR": "rr", "SPO2": "spo2", "SYS": "sys"}


def values(recording: Recording, vital: str) -> list[float]:
    """All values of a vital that may be judged."""
    return [
        value
        for entry in recording.entries
        for name, value in values_of(entry)
        if name == vital and isinstance(value, int | float) and counted(vital, value) is not None
    ]


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.name.split(".")[0])
def test_counts_and_extremes_agree_with_an_independent_count(expected: Path) -> None:
    facts: dict[str, Any] = json.loads(expected.read_text())
    recording = read_recording(expected.with_name(expected.name.replace(".expected.json", ".csv")))
    assert recording.duration_ms == round(facts["span_s"] * 1000)
    for channel, counts in facts["channels"].items():
        found = values(recording, VITAL_OF[channel])
        assert len(found) == counts["valid"]
        summary = (min(found), max(found), sum(found) / len(found))
        wanted = (counts["min"], counts["max"], counts["mean"])
        assert summary == pytest.approx(wanted, abs=5e-4)  # the files hold four decimals


def test_there_are_expected_numbers_to_compare_with() -> None:
    assert len(EXPECTED) == 4


def test_the_long_recording_keeps_every_gap_and_every_zero() -> None:
    recording = read_recording(FOLDER / "icu_32h_1min.csv")
    counts = {flag.reason: flag.count for flag in recording.flags}
    assert counts["SPO2 0: the sensor was off"] == 363
    assert counts["HR 0: the sensor was off"] == 46
    assert recording.duration_ms == 1935 * 60_000
