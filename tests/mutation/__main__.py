"""Runs the core's tests against mutants of it, by hand: `python -m tests.mutation [--sample N]`.

The tests are collected once; each mutant is a fork of that process in which one fault is put into
the running program, and whose tests stop at the first that fails. The oracle's random sessions are
worked out once and compared with the mutant's lines. What survives is looked up in `survivors.toml`.
"""

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from tests.mutation.live import NotLiveError, install
from tests.mutation.mutants import Mutant, mutants

CORE = Path(__file__).parents[2] / "ketamon" / "core"
SURVIVORS = Path(__file__).with_name("survivors.toml")
TESTS = ("tests/core", "tests/oracle/test_oracle_scenarios.py", "tests/profiles/test_shipped.py",
         "tests/mutation/oracle_lines.py")  # fmt: skip
LONGEST_S = (
    10  # of a core: a mutant that goes round and round is found, however busy the machine is
)


class Forks:
    """A pytest plugin: instead of running the tests once, runs them once a mutant."""

    def __init__(self, chosen: list[Mutant], out: Path | None) -> None:
        self.chosen, self.out = chosen, out
        self.outcomes: dict[str, str] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Without what is drawn anew in each run."""
        items[:] = [i for i in items if not hasattr(getattr(i, "obj", None), "hypothesis")]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The whole of it."""
        if self._fork(session, None) != "survived":
            sys.exit("the tests fail without a mutant; mend that first")
        began = time.monotonic()
        for count, mutant in enumerate(self.chosen, 1):
            self.outcomes[mutant.name] = self._fork(session, mutant)
            if self.out is not None and count % 25 == 0:
                self.out.write_text(json.dumps(self.outcomes, indent=0, ensure_ascii=False))
                print(count, len(self.chosen), f"{time.monotonic() - began:.0f} s", *Counter(
                    self.outcomes.values()).items(), flush=True)  # fmt: skip
        if self.out is not None:
            self.out.write_text(json.dumps(self.outcomes, indent=0, ensure_ascii=False))
        return True

    def _fork(self, session: pytest.Session, mutant: Mutant | None) -> str:
        child = os.fork()
        if child == 0:
            self._child(session, mutant)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        return {0: "survived", 3: "not run"}.get(code, "killed by time" if code < 0 else "killed")

    def _child(self, session: pytest.Session, mutant: Mutant | None) -> None:
        """Never returns: 0 if all tests pass, 1 at the first that fails, 3 if it can't be put in."""
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST_S, LONGEST_S))
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        session.config.pluginmanager.unregister(name="terminalreporter")
        if mutant is not None:
            os.dup2(silent, 2)
        try:
            if mutant is not None:
                install(mutant)
        except NotLiveError:
            os._exit(3)
        except BaseException:
            os._exit(1)
        items = in_order(session.items, mutant)
        for item, after in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if session.testsfailed:
                if mutant is None:
                    print(f"fails: {item.nodeid}", file=sys.stderr)
                os._exit(1)
        os._exit(0)


def in_order(items: list[pytest.Item], mutant: Mutant | None) -> list[pytest.Item]:
    """The tests that most likely kill this mutant first: its module's own, then the oracle's lines."""
    stem = mutant.path.stem if mutant is not None else ""

    def rank(item: pytest.Item) -> int:
        own = bool(stem) and f"test_{stem}" in item.nodeid
        return 0 if own else 1 if "oracle_lines" in item.nodeid else 2

    return sorted(items, key=rank)


def main() -> None:
    """Chooses mutants, runs them, prints what survived and is not in the list."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, help="so many mutants, drawn by a fixed seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", nargs="*", help="modules of the core; all without")
    parser.add_argument("--only", help="mutants whose name has this in it")
    parser.add_argument("--again", action="store_true", help="only those in survivors.toml")
    parser.add_argument("--out", type=Path, help="a JSON file of all outcomes, kept while it runs")
    asked = parser.parse_args()
    known: dict[str, str] = {}
    if SURVIVORS.exists():
        known = {name: reason for reason, names in tomllib.loads(SURVIVORS.read_text()).items()
                 for name in names}  # fmt: skip
    files = sorted(p for p in CORE.glob("*.py") if not asked.files or p.stem in asked.files)
    every = [mutant for path in files for mutant in mutants(path)]
    chosen = [m for m in every if not asked.only or asked.only in m.name]
    if asked.again:
        chosen = [m for m in chosen if m.name in known]
    if asked.sample and asked.sample < len(chosen):
        chosen = sorted(random.Random(asked.seed).sample(chosen, asked.sample), key=every.index)
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = (
        tempfile.mkdtemp()
    )  # mutants' failures teach nothing
    forks = Forks(chosen, asked.out)
    pytest.main(
        [
            "-q",
            "-n0",
            "--assert=plain",
            "--tb=no",
            "-p",
            "no:cacheprovider",
            "-m",
            "not slow and not bench",
            *TESTS,
        ],
        [forks],
    )
    report(forks.outcomes, known, len(every))


def report(outcomes: dict[str, str], known: dict[str, str], every: int) -> None:
    """Prints the share that was killed, and survivors without a reason."""
    counts = Counter(outcomes.values())
    ran = sum(counts.values()) - counts["not run"]
    killed = counts["killed"] + counts["killed by time"]
    print(f"\n{ran} of {every} mutants run, {killed} killed ({100 * killed / max(1, ran):.1f} %), "
          f"{counts['survived']} survived, {counts['not run']} could not be put in")  # fmt: skip
    survived = [name for name, outcome in outcomes.items() if outcome == "survived"]
    print(f"{sum(name in known for name in survived)} of the survivors have their reason; without:")
    for name in survived:
        if name not in known:
            print(f"  {name}")


if __name__ == "__main__":
    main()
