"""Product and oracle give the same lines for sessions made by a seed."""

from collections import Counter
from pathlib import Path

import pytest

from tests.oracle import product
from tests.oracle.alarm_oracle import timeline
from tests.oracle.random_sessions import session

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
@pytest.mark.parametrize("first", range(1000, 1000 + 2000 * product.TIMES, 500))
def test_product_and_oracle_agree_on_thousands(first: int, tmp_path: Path) -> None:
    compare(range(first, first + 500), tmp_path)
