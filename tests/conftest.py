"""What every test shares: hypothesis's settings, tools that may be missing, seconds per folder."""

import os
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.hazards import counts, hazards
from tests.spread import Spread, workers

ROOT = Path(__file__).parents[1]
IN_CI = bool(os.environ.get("CI"))

# Two busy cores make a deadline an unfair judge. CI draws the same examples each time, so that a red
# run is about the change; developers' runs go on searching.
settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, print_blob=True)
settings.load_profile("ci" if IN_CI else "local")

_seconds: dict[str, float] = defaultdict(float)
_counts: dict[str, int] = defaultdict(int)


def needs(tool: str, package: str, found: str | None = None) -> pytest.MarkDecorator:
    """Skips a test where a program is missing, and says what to install; CI must have it.

    `found`: where it is, of one that lies beside the usual path.
    """
    missing = (found or shutil.which(tool)) is None
    if missing and IN_CI:
        raise RuntimeError(f"{tool} is missing and CI must run its tests: install {package}")
    return pytest.mark.skipif(missing, reason=f"{tool} is missing: install {package}")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """The whole suite runs on several cores; what a person singled out, and what is timed, on one."""
    return workers(config)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spread:
    """Keeps tests with real processes and terminals from running beside each other."""
    return Spread(config, log)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Counts each test's seconds, set-up and tear-down with it, for the folder that it is in."""
    folder = str(Path(report.nodeid.partition("::")[0]).parent)
    _seconds[folder] += report.duration
    _counts[folder] += report.when == "call"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints how the hazards stand, and the seconds of each folder, slowest first."""
    if not _seconds:
        return
    if "tests/house" in _seconds:
        terminalreporter.section("hazards")
        terminalreporter.write_line(str(counts(hazards())))
    terminalreporter.section("seconds per folder")
    for folder, spent in sorted(_seconds.items(), key=lambda item: -item[1]):
        terminalreporter.write_line(f"{spent:7.1f} s  {_counts[folder]:5}  {folder}")
