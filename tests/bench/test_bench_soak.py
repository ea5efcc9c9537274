"""An engine at fifty times the speed of life holds memory, descriptors and threads.

A minute; KETAMON_SOAK_S=1800 asks for the half hour.
"""

import os
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.test_bench_engine import memory_mb
from tests.e2e.chair import RealChair

pytestmark = pytest.mark.bench
SOAK_S = float(os.environ.get("KETAMON_SOAK_S", "30"))
WARM_SHARE, SPEED, LOOKS = 0.25, 50, 40
GROWTH_BUDGET_KB_PER_1000 = 400
"""While the two hours that a screen is shown fill; a session kept whole would be ten times that."""


@pytest.fixture
def chair() -> Iterator[RealChair]:
    with RealChair() as made:
        made.start(*made.room(SPEED, 150, 172, 140), "--speed", str(SPEED), "--phase", "dosing")
        yield made


def descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def threads(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def test_an_engine_that_runs_for_long_takes_no_more(
    chair: RealChair, capsys: pytest.CaptureFixture[str]
) -> None:
    chair.until(lambda now: now["vitals"]["spo2"]["state"] == "valid")
    pid = chair.engine
    time.sleep(SOAK_S * WARM_SHARE)
    seq = chair.until(bool)["seq"]
    looks = []
    for _ in range(LOOKS):
        time.sleep(SOAK_S * (1 - WARM_SHARE) / LOOKS)
        looks.append((memory_mb(pid), descriptors(pid), threads(pid)))
    entries = chair.until(bool)["seq"] - seq
    assert entries > SOAK_S  # it did run
    quarter = LOOKS // 4
    first, last = (
        statistics.median(memory for memory, _, _ in part)
        for part in (looks[:quarter], looks[-quarter:])
    )
    growth_kb = (last - first) * 1024 / (entries * 0.75) * 1000
    with capsys.disabled():
        print(f"\n{SOAK_S:g} s at {SPEED}x, {entries} entries: {first:.1f} MB, then {last:.1f} MB")
        print(f"  {growth_kb:.0f} KB per 1,000 entries   budget {GROWTH_BUDGET_KB_PER_1000} KB")
        print(
            f"  descriptors {sorted({d for _, d, _ in looks})}, threads {sorted({t for *_, t in looks})}"
        )
    assert chair.engine == pid
    assert len({count for _, _, count in looks}) == 1
    assert (
        max(d for _, d, _ in looks) - min(d for _, d, _ in looks) <= 1
    )  # a command's own, just then
    assert growth_kb < GROWTH_BUDGET_KB_PER_1000
