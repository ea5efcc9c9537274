"""Sessions worked out by hand: the oracle gives those lines, and so does the product."""

from pathlib import Path

import pytest

from tests.oracle import product
from tests.oracle.alarm_oracle import timeline
from tests.oracle.builders import Scenario
from tests.oracle.scenarios import SCENARIOS


def name(scenario: Scenario) -> str:
    return scenario.name


def test_no_two_sessions_share_a_name() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=name)
def test_oracle_gives_the_lines_worked_out_by_hand(scenario: Scenario) -> None:
    assert timeline(scenario.entries, scenario.limits) == scenario.expected


@pytest.mark.parametrize("scenario", SCENARIOS, ids=name)
def test_product_gives_the_lines_worked_out_by_hand(scenario: Scenario, tmp_path: Path) -> None:
    assert product.timeline(scenario.entries, scenario.limits, tmp_path) == scenario.expected
