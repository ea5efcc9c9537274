"""Which tests share the cores, and which must have one another's way free."""

import os
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

MOST_WORKERS = 4
WITH_REAL_PROCESSES = ("e2e", "commands", "sound")
"""Folders whose tests start programs of ours: two at a time would take each other's terminals."""


def workers(config: pytest.Config) -> int:
    """How many processes run the tests: none beside this one for single files and for benchmarks."""
    is_whole = all(Path(arg).resolve() == config.rootpath / "tests" for arg in config.args)
    is_timed = "bench" in config.option.markexpr.replace("not bench", "")
    return min(os.cpu_count() or 1, MOST_WORKERS) if is_whole and not is_timed else 0


class Spread(LoadScopeScheduling):
    """Hands tests out one by one, those that start programs all to one worker, in their order."""

    def _split_scope(self, nodeid: str) -> str:
        folder = Path(nodeid.partition("::")[0]).parent.name
        return "real processes" if folder in WITH_REAL_PROCESSES else nodeid
