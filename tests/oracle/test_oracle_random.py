"""Product and oracle give the same lines for sessions made by a seed."""

from collections import Counter
from pathlib import Path

import pytest

from tests.oracle import product
from tests.oracle.alarm_oracle import Oracle
from tests.oracle.random_sessions import session

CHANGES = {
    "raised", "escalated", "deescalated", "confirmed", "acknowledged", "seen", "realarmed",
    "unanswered", "unresolved", "resumed", "latched", "cleared", "reading_flagged",
}  # fmt: skip
CHUNK = 50


def compare(seeds: range, folder: Path) -> tuple[int, Counter[str]]:
    """Compares these sessions; gives how many were compared, and how often each change came."""
    compared, changes = 0, Counter[str]()
    for seed in seeds:
        entries, limits = session(seed)
        oracle = Oracle(limits, latch_stays=product.LATCH_STAYS)
        expected = oracle.run(entries)
        if oracle.disputed:
            continue
        compared += 1
        changes.update(line["change"] for line in expected)
        assert product.timeline(entries, limits, folder) == expected, f"seed {seed}"
    return compared, changes


@pytest.mark.parametrize("first", range(0, 300, CHUNK))
def test_product_and_oracle_agree(first: int, tmp_path: Path) -> None:
    compared, changes = compare(range(first, first + CHUNK), tmp_path)
    assert compared > 0.7 * CHUNK
    assert set(changes) == CHANGES


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1000, 6000, 500))
def test_product_and_oracle_agree_on_thousands(first: int, tmp_path: Path) -> None:
    compared, _ = compare(range(first, first + 500), tmp_path)
    assert compared > 350
