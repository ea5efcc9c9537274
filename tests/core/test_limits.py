"""Effective limits are exact, and the lowest candidate stands."""

from typing import Any

import pytest

from ketamon.core.limits import effective_levels
from ketamon.core.profile import parse_profile
from ketamon.vitals import CONDITIONS


@pytest.mark.parametrize(
    ("limits", "base", "limit", "basis"),
    [
        ({"high": {"medium": 160}}, {}, 160, "absolute"),
        ({"high": {"medium": 160}, "rise_mmhg": {"medium": 30}}, {}, 160, "absolute"),
        ({"high": {"medium": 160}, "rise_mmhg": {"medium": 30}}, {"sys": 120}, 150, "baseline"),
        ({"high": {"medium": 160}, "rise_mmhg": {"medium": 30}}, {"sys": 130}, 160, "absolute"),
        ({"high": {"medium": 160}, "rise_pct": {"medium": 20}}, {"sys": 133}, 159.6, "baseline"),
        ({"rise_mmhg": {"medium": 30}, "rise_pct": {"medium": 20}}, {"sys": 200}, 230, "baseline"),
        ({"rise_mmhg": {"medium": 30}, "only_above": 140}, {"sys": 100}, 140, "baseline"),
        (
            {"high": {"medium": 140}, "rise_mmhg": {"medium": 30}, "only_above": 140},
            {"sys": 100},
            140,
            "absolute",
        ),
    ],
)
def test_lowest_of_absolute_and_rises_stands(
    limits: dict[str, Any], base: dict[str, float], limit: float, basis: str
) -> None:
    profile = parse_profile({"sys": limits})
    (level,) = effective_levels(CONDITIONS["sys_high"], profile, base)
    assert (level.limit, level.basis) == (limit, basis)


def test_percent_of_a_baseline_is_exact_not_rounded() -> None:
    profile = parse_profile({"sys": {"rise_pct": {"medium": 10}}})
    (level,) = effective_levels(CONDITIONS["sys_high"], profile, {"sys": 110.1})
    assert level.limit == 121.11


def test_low_side_knows_no_rise() -> None:
    profile = parse_profile({"sys": {"low": {"medium": 90}, "rise_mmhg": {"medium": 30}}})
    (level,) = effective_levels(CONDITIONS["sys_low"], profile, {"sys": 120})
    assert (level.limit, level.basis) == (90, "absolute")
