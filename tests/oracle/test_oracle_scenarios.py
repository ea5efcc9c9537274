"""Sessions worked out by hand: the oracle gives those lines, and so does the product."""

import pytest

from tests.oracle.alarm_oracle import timeline
from tests.oracle.builders import Scenario
from tests.oracle.scenarios import SCENARIOS

EACH = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


@EACH
def test_oracle_gives_the_lines_worked_out_by_hand(scenario: Scenario) -> None:
    assert timeline(scenario.entries, scenario.limits) == scenario.expected
