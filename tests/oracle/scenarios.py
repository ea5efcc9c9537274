"""All sessions that were worked out by hand."""

from tests.oracle import (
    scenarios_continuous,
    scenarios_cuff,
    scenarios_limits,
    scenarios_people,
    scenarios_sources,
)
from tests.oracle.builders import Scenario

SCENARIOS: list[Scenario] = [
    *scenarios_cuff.SCENARIOS,
    *scenarios_continuous.SCENARIOS,
    *scenarios_people.SCENARIOS,
    *scenarios_limits.SCENARIOS,
    *scenarios_sources.SCENARIOS,
]
