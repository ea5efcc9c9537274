"""Sessions worked out by hand: the oracle gives those lines, and so does the product."""

from pathlib import Path

import pytest

from tests.oracle import product
from tests.oracle.alarm_oracle import Oracle, timeline
from tests.oracle.builders import Scenario
from tests.oracle.scenarios import SCENARIOS
from tests.oracle.scenarios_disputed import DISPUTED


def name(scenario: Scenario) -> str:
    return scenario.name


def test_no_two_sessions_share_a_name() -> None:
    names = [scenario.name for scenario in (*SCENARIOS, *DISPUTED)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=name)
def test_oracle_gives_the_lines_worked_out_by_hand(scenario: Scenario) -> None:
    assert timeline(scenario.entries, scenario.limits) == scenario.expected


@pytest.mark.parametrize("scenario", SCENARIOS, ids=name)
def test_product_gives_the_lines_worked_out_by_hand(scenario: Scenario, tmp_path: Path) -> None:
    assert product.timeline(scenario.entries, scenario.limits, tmp_path) == scenario.expected


@pytest.mark.parametrize("scenario", DISPUTED, ids=name)
def test_oracle_notes_the_disputed_sentence(scenario: Scenario) -> None:
    oracle = Oracle(scenario.limits)
    assert oracle.run(scenario.entries) == scenario.expected
    assert scenario.name in oracle.disputed


@pytest.mark.parametrize("scenario", DISPUTED, ids=name)
@pytest.mark.xfail(
    reason="the design can be read in two ways, or the product is wrong", strict=True
)
def test_product_reads_the_disputed_sentence_so_too(scenario: Scenario, tmp_path: Path) -> None:
    assert product.timeline(scenario.entries, scenario.limits, tmp_path) == scenario.expected
