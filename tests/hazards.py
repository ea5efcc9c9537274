"""The table of hazards, and which of its tests exist: read from the files, nothing is collected."""

import ast
import datetime
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent
TABLE = TESTS / "hazards.toml"
SCENARIOS = TESTS / "conformance" / "scenarios"


@dataclass(frozen=True, slots=True)
class Hazard:
    """What can happen, what is done against it, the tests that prove it, and what is still planned."""

    id: str
    hazard: str
    severity: int
    control: str
    tests: tuple[str, ...] = ()
    planned: datetime.date | None = None
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How the hazards stand: proven, proven in part with the rest planned, planned only."""

    whole: int
    part: int
    planned: int

    def __str__(self) -> str:
        return (
            f"{self.whole + self.part} hazards held by tests ({self.part} of them in part, "
            f"the rest planned), {self.planned} planned only"
        )


def hazards() -> list[Hazard]:
    """The table, in its order; raises TypeError for a field that it does not know."""
    rows = tomllib.loads(TABLE.read_text())["hazard"]
    return [Hazard(**{**row, "tests": tuple(row.get("tests", ()))}) for row in rows]


def counts(of: list[Hazard]) -> Counts:
    """Counts by what each hazard has."""
    tested = [hazard for hazard in of if hazard.tests]
    part = sum(hazard.planned is not None for hazard in tested)
    return Counts(len(tested) - part, part, len(of) - len(tested))


def exists(test: str) -> bool:
    """True where a file of tests holds a function of this name, and a scenario in brackets is there."""
    file, _, name = test.partition("::")
    name, _, case = name.partition("[")
    if name not in _functions(TESTS / file):
        return False
    if not case:
        return True
    return file.startswith("conformance/") and (SCENARIOS / case.removesuffix("]")).is_dir()


@cache
def _functions(file: Path) -> frozenset[str]:
    """Names of the tests in a file that pytest would collect; none where there is no such file."""
    if not file.is_file() or not file.name.startswith("test_"):
        return frozenset()
    return frozenset(
        node.name
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        and not _is_left_out(node)
    )


def _is_left_out(test: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """True for a test that never runs, or is meant to fail."""
    marks = (ast.unparse(mark).partition("(")[0] for mark in test.decorator_list)
    return any(mark in ("pytest.mark.skip", "pytest.mark.xfail") for mark in marks)
