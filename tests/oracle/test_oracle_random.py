"""Product and oracle give the same lines for sessions made by a seed."""

from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle import product
from tests.oracle.alarm_oracle import timeline
from tests.oracle.random_sessions import drawn, session

CHANGES = {
    "raised", "escalated", "deescalated", "confirmed", "acknowledged", "seen", "realarmed",
    "unanswered", "unresolved", "resumed", "latched", "cleared", "reading_flagged",
    "held", "released",
}  # fmt: skip
CHUNK = 50


def compare(seeds: range, folder: Path) -> Counter[str]:
    """Compares these sessions; gives how often each change came."""
    changes = Counter[str]()
    for seed in seeds:
        entries, limits = session(seed)
        expected = timeline(entries, limits)
        changes.update(line["change"] for line in expected)
        assert product.timeline(entries, limits, folder) == expected, f"seed {seed}"
    return changes


@pytest.mark.parametrize("first", range(0, 300, CHUNK))
def test_product_and_oracle_agree(first: int, tmp_path: Path) -> None:
    assert set(compare(range(first, first + CHUNK), tmp_path)) == CHANGES


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1000, 1000 + 5000 * product.TIMES, 500))
def test_core_and_oracle_agree_on_thousands(first: int) -> None:
    """No change is missed, late or spurious."""
    for seed in range(first, first + 500):
        entries, limits = session(seed)
        assert product.of_core(entries, limits) == timeline(entries, limits), f"seed {seed}"


@pytest.mark.slow
@settings(max_examples=300 * product.TIMES, deadline=None, suppress_health_check=[*HealthCheck])
@given(st.randoms(use_true_random=False))
def test_core_and_oracle_agree_wherever_hypothesis_leads(rng: Random) -> None:
    """The same, but each choice is drawn, so that a session that differs is made small."""
    entries, limits = drawn(rng)
    assert product.of_core(entries, limits) == timeline(entries, limits), entries
