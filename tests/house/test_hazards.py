"""Every hazard has a test that proves its control, or the day by which it will have one."""

import ast
import re

import pytest

from ketamon_drivers.catalog import families
from ketamon_drivers.protocols import PROTOCOLS
from tests.conftest import ROOT
from tests.hazards import Hazard, counts, exists, hazards

ALL = hazards()
DRUGS = (
    "labetalol|clonidine|hydralazine|nifedipine|captopril|ondansetron|midazolam|lorazepam|"
    "oxygen|naloxone|atropine|ketamine"
)
ADVICE = re.compile(
    rf"\b(give|administer|inject|titrate|prescribe|start|increase|reduce)\b[^.;]*\b({DRUGS})\b",
    re.IGNORECASE,
)
MODULES = sorted(
    path for path in ROOT.glob("ketamon/**/*.py") if "training" not in path.parts
)  # a simulated patient is given what it is given


def test_every_hazard_from_1_to_53_is_in_the_table_once() -> None:
    assert [hazard.id for hazard in ALL] == [f"H{number:02d}" for number in range(1, 54)]


@pytest.mark.parametrize("hazard", ALL, ids=lambda hazard: hazard.id)
def test_hazard_has_tests_that_exist_or_a_day_by_which_it_will(hazard: Hazard) -> None:
    assert [test for test in hazard.tests if not exists(test)] == []
    assert hazard.tests or hazard.planned


@pytest.mark.parametrize("hazard", ALL, ids=lambda hazard: hazard.id)
def test_control_is_a_sentence_and_what_is_planned_is_said(hazard: Hazard) -> None:
    assert re.fullmatch(r"[A-Z].*\.", hazard.control)
    assert 1 <= hazard.severity <= 5
    assert len(set(hazard.tests)) == len(hazard.tests)
    assert (hazard.planned is not None) == bool(hazard.missing)


def test_a_test_that_is_gone_skipped_or_of_no_scenario_does_not_count() -> None:
    here = "house/test_hazards.py::test_every_hazard_from_1_to_53_is_in_the_table_once"
    scenario = "conformance/test_conformance.py::test_program_gives_the_expected_timeline"
    assert exists(here)
    assert exists(f"{scenario}[battery]")
    assert not exists(f"{here}_and_twice")
    assert not exists("house/test_no_such_file.py::test_anything")
    assert not exists("conftest.py::needs")
    assert not exists(f"{scenario}[no-such-scenario]")


def test_counts_tell_the_proven_the_partly_proven_and_the_planned() -> None:
    day = next(hazard.planned for hazard in ALL if hazard.planned)
    some = [
        Hazard("H01", "a", 1, "A.", ("x",)),
        Hazard("H02", "b", 1, "B.", ("x",), day, "c"),
        Hazard("H03", "c", 1, "C.", (), day, "c"),
    ]
    assert str(counts(some)) == (
        "2 hazards held by tests (1 of them in part, the rest planned), 1 planned only"
    )


def test_no_device_that_is_known_is_a_pump() -> None:
    words = re.compile(r"\b(pump|infus\w*|syringe|perfus(or|er)\w*)\b", re.IGNORECASE)
    for name, family in families().items():
        assert not words.search(f"{name} {family}"), name
    for name, protocol in PROTOCOLS.items():
        assert not words.search(f"{name} {protocol.title} {protocol.commands}"), name


def test_no_sentence_says_what_to_give_a_patient() -> None:
    assert ADVICE.search("Give labetalol 10 mg")
    for module in MODULES:
        text = module.read_text()
        if not re.search(DRUGS, text, re.IGNORECASE):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not ADVICE.search(node.value), (module, node.value)
