"""A wall with 30 simulated chairs at 1 Hz: under 10 % of a core, few bytes to the terminal."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench.test_bench_engine import run_s
from tests.e2e.chair import KETAMON, ROOT
from tests.e2e.terminal import Terminal

pytestmark = pytest.mark.bench

CHAIRS, CPU_BUDGET_PCT, BYTES_BUDGET = 30, 10.0, 2_000
WATCHED_S = 10.0


@pytest.fixture
def chairs() -> Iterator[dict[str, str]]:
    """Thirty chairs at work; gives the environment in which they are found."""
    with tempfile.TemporaryDirectory(prefix="k-") as folder:
        env = {"KETAMON_RUN": str(Path(folder) / "run"), "KETAMON_DATA": folder}
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.many_chairs", str(CHAIRS)],
            stdout=subprocess.PIPE, env={**os.environ, **env}, cwd=ROOT,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            yield env
        finally:
            process.kill()
            process.communicate()


def test_a_wall_of_thirty_chairs_stays_in_budget(
    chairs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with Terminal([*KETAMON, "wall"], env=chairs) as wall:
        wall.until("30 chairs")
        wall.until("11 below")
        wall.look(3)
        used, sent, began = run_s(wall.process.pid), len(wall.bytes), time.perf_counter()
        wall.look(WATCHED_S)
        passed = time.perf_counter() - began
        cpu = 100 * (run_s(wall.process.pid) - used) / passed
        rate = (len(wall.bytes) - sent) / passed
        wall.press("qy")
        assert wall.end() == 0
    with capsys.disabled():
        print(f"\na wall of {CHAIRS} chairs at 1 Hz")
        print(f"  CPU                {cpu:6.2f} %     budget {CPU_BUDGET_PCT} %")
        print(f"  to the terminal    {rate:6.0f} B/s   budget {BYTES_BUDGET} B/s")
    assert cpu < CPU_BUDGET_PCT
    assert rate < BYTES_BUDGET
