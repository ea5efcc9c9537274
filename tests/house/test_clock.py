"""The event loop is the clock: what decides, drives or simulates reads no other and has no threads."""

import ast
import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ketamon_drivers.catalog import FAMILIES
from ketamon_drivers.links.loops import VirtualLoop, run
from ketamon_drivers.readings import BloodPressure, Oximetry
from ketamon_drivers.virtual.media import serve_pipe
from ketamon_drivers.virtual.nonin_oximeter import VirtualNoninOximeter
from ketamon_drivers.virtual.suntech_cuff import Measurement, VirtualSunTechCuff
from tests.conftest import ROOT
from tests.drivers.links.scene import Told, listen

FOLDERS = ("drivers", "ketamon/core", "ketamon/engine", "ketamon/training")
ALLOWED = {
    "drivers/ketamon_drivers/links/loops.py": {"time", "threading", "concurrent"},
    "ketamon/engine/keeper.py": {"time"},  # a process of its own, of the standard library alone
    "ketamon/engine/wall.py": {"time", "now", "timestamp"},  # for display, and to find back in time
}
"""Modules that may, and what."""

CLOCKS = {"time", "timeit", "threading", "multiprocessing", "concurrent", "sched", "_thread"}
"""Modules that read a clock or run beside the loop."""
NOW = {"now", "utcnow", "today", "timestamp", "utcfromtimestamp", "fromtimestamp"}
"""What reads or means the wall clock in datetime."""
BESIDE = {"to_thread", "run_in_executor"}
THREADS = {
    "drivers/ketamon_drivers/links/serial_port.py",
    "drivers/ketamon_drivers/links/socket_port.py",
    "drivers/ketamon_drivers/links/loops.py",
}
"""Where opening may block; loops.py refuses it for headless runs."""


def uses(tree: ast.AST) -> Iterator[str]:
    """Gives the clocks and threads that a module names, however it imports them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]
            yield from (alias.name for alias in node.names if alias.name in BESIDE | NOW)
        elif isinstance(node, ast.Attribute) and node.attr in NOW | BESIDE:
            yield node.attr


def forbidden(path: str, source: str) -> set[str]:
    """Gives what a module uses and may not."""
    used = set(uses(ast.parse(source)))
    found = used & (CLOCKS | BESIDE | (NOW if "datetime" in used else set()))
    allowed = ALLOWED.get(path, set()) | (BESIDE if path in THREADS else set())
    return found - allowed


MODULES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_reads_no_clock_but_the_loops(module: Path) -> None:
    assert forbidden(str(module.relative_to(ROOT)), module.read_text()) == set()


@pytest.mark.parametrize(
    "source",
    [
        "import time", "from time import monotonic", "import time as t", "import threading",
        "from concurrent.futures import ThreadPoolExecutor", "import datetime\ndatetime.date.today()",
        "from datetime import datetime\ndatetime.now()", "import asyncio\nasyncio.to_thread(print)",
        "loop.run_in_executor(None, print)", "from asyncio import to_thread",
    ],
)  # fmt: skip
def test_every_way_round_the_loop_is_seen(source: str) -> None:
    assert forbidden("ketamon/core/alarms.py", source)


def test_what_is_allowed_is_there_and_needed() -> None:
    for path, names in ALLOWED.items():
        assert names <= set(uses(ast.parse((ROOT / path).read_text()))), path
    for path in THREADS:
        assert "run_in_executor" in (ROOT / path).read_text()


def test_ten_minutes_of_devices_pass_without_a_look_at_any_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    readings = Told()
    cuff_told = Told()

    async def scene() -> float:
        loop = asyncio.get_running_loop()
        oximeter = VirtualNoninOximeter(lambda: Oximetry(97, 72))
        cuff = VirtualSunTechCuff(lambda: Measurement(142, 88, 106, 77, duration_s=30.0))
        link, _ = listen(serve_pipe(oximeter, "oximeter"), FAMILIES["nonin-df8"], readings)
        cuff_link, control = listen(
            serve_pipe(cuff, "cuff"), FAMILIES["suntech"], cuff_told, control=True
        )
        assert control is not None
        tasks = [loop.create_task(one.run()) for one in (link, cuff_link)]
        for minute in range(1, 10):
            loop.call_at(minute * 60, control.start)
        await asyncio.sleep(600)
        for task in tasks:
            task.cancel()
        return loop.time()

    def caught(*_args: object) -> float:
        raise AssertionError("something read a clock that is not the loop's")

    loop = VirtualLoop()
    with monkeypatch.context() as patched:
        for name in dir(time):
            if callable(getattr(time, name)) and name not in {"struct_time", "get_clock_info"}:
                patched.setattr(time, name, caught)
        ended = run(scene(), loop)
    assert ended == 600
    assert len(readings.readings) == 600
    results = [r for _, r in cuff_told.readings if isinstance(r, BloodPressure)]
    assert results == [BloodPressure(142, 88, 106, "mmHg", 77)] * 9
