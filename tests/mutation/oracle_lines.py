"""The oracle's lines of some sessions, worked out once: what a mutant's core is compared with."""

import pytest

from tests.oracle import product
from tests.oracle.alarm_oracle import timeline
from tests.oracle.random_sessions import session

SESSIONS = [(one, timeline(*one)) for one in map(session, range(5000, 5160))]


@pytest.mark.parametrize("part", range(8))
def test_core_gives_the_oracles_lines(part: int) -> None:
    for one, expected in SESSIONS[part::8]:
        assert product.of_core(*one) == expected
