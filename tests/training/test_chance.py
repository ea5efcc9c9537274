"""Chance that is the same everywhere, and apart for each purpose."""

import statistics

import pytest

from ketamon.training.chance import lognormal, stream


def test_a_seed_gives_the_same_numbers_in_every_process_and_version() -> None:
    assert stream(1, "noise").random() == 0.11110240561646179
    assert stream(1, "noise").random() != stream(2, "noise").random()
    assert stream(1, "noise").random() != stream(1, "bias").random()


def test_a_lognormal_draw_has_the_mean_and_spread_asked_for() -> None:
    rng = stream(3, "test")
    drawn = [lognormal(rng, 2.0, 0.75) for _ in range(20_000)]
    assert min(drawn) > 0
    assert statistics.mean(drawn) == pytest.approx(2.0, rel=0.03)
    assert statistics.stdev(drawn) == pytest.approx(1.5, rel=0.08)
