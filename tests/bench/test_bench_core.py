"""A two-hour session at 1 Hz through the core: 0.15 s, start-up excluded (DESIGN 13)."""

import json
import statistics
import time

import pytest

from ketamon.engine.playback import timeline
from ketamon.entries import Entry, decode

pytestmark = pytest.mark.bench
BUDGET_S = 0.15
SECONDS = 7200


def two_hours() -> tuple[bytes, ...]:
    """Oximeter and strap at 1 Hz, a cuff every 5 minutes, and limits that are crossed at times."""
    limits = {
        "sys": {"high": {"medium": 160, "high": 180}},
        "hr": {"high": {"medium": 110, "high": 130}, "delay_s": {"medium": 15, "high": 10}},
        "spo2": {"low": {"medium": 94, "high": 90}, "delay_s": {"medium": 15, "high": 10}},
    }
    lines: list[dict[str, object]] = [{"t": 0, "kind": "limits", "profile": limits}]
    for t in range(SECONDS):
        spo2 = 97 - (t // 7) % 2 - (6 if t % 1200 < 60 else 0)
        rate = 80 + (t // 3) % 3 + (40 if t % 1800 < 90 else 0)
        lines += [
            {"t": t, "kind": "oximetry", "device": "oximeter", "spo2": spo2, "pulse_rate": rate, "perfusion_index": 2.1, "device_time": None, "status": []},
            {"t": t + 0.25, "kind": "heart_rate", "device": "strap", "heart_rate": rate + 1, "rr_intervals": [750.0], "contact": True, "energy": None},
        ]  # fmt: skip
        if t % 300 == 0:
            lines.append(
                {
                    "t": t + 0.5,
                    "kind": "blood_pressure",
                    "device": "cuff",
                    "systolic": 150 + t % 35,
                    "diastolic": 88,
                }
            )
    return tuple(json.dumps(line).encode() for line in lines)


def seconds(run: object, times: int = 7) -> float:
    """Median seconds of a call."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        run()  # type: ignore[operator]
        found.append(time.perf_counter() - start)
    return statistics.median(found)


def test_two_hours_at_one_hertz_pass_through_the_core_in_budget(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = two_hours()
    entries: tuple[Entry, ...] = tuple(decode(line) for line in lines)
    changes = len(list(timeline(entries)))
    assert changes > 20
    decoding = seconds(lambda: [decode(line) for line in lines])
    core = seconds(lambda: list(timeline(entries)))
    with capsys.disabled():
        print(f"\n2 h at 1 Hz, {len(lines)} entries, {changes} alarm lines")
        print(f"  read the lines   {decoding:7.3f} s")
        print(f"  through the core {core:7.3f} s")
        print(f"  both             {decoding + core:7.3f} s   budget {BUDGET_S} s")
    assert decoding + core < BUDGET_S
