"""Effective limits: what a profile and a locked baseline make of each condition (DESIGN 7.1).

The effective high limit of a level is the lowest of the absolute one, baseline + mmHg and
baseline × (1 + %). A rise limit that lies below `only_above` stands at `only_above`. On a tie the
basis is `absolute`. Limits are exact numbers: they are computed as fractions, so that rounding
never decides a comparison.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from ketamon.core.profile import Level, Profile, VitalLimits
from ketamon.vitals import Condition, Number

HELD_BY_BASELINE = ("sys", "dia", "map", "hr")


class EffectiveLevel(NamedTuple):
    """A level in force: strictly beyond `limit` violates, at or within `clear_limit` is inside."""

    name: str
    priority: str
    limit: Number
    basis: str
    delay_ms: int
    clear_limit: Number


def effective_levels(
    condition: Condition, profile: Profile, baseline: Mapping[str, Number]
) -> tuple[EffectiveLevel, ...]:
    """Gives the condition's levels in force, mildest first; empty where the side is OFF."""
    limits = profile.vitals.get(condition.vital)
    if limits is None:
        return ()
    high = condition.direction == "high"
    base = baseline.get(condition.vital) if high else None
    found = []
    for level in limits.high if high else limits.low:
        best = min(_candidates(level, limits, base), default=None)
        if best is None:
            continue
        exact, rank = best
        margin = Fraction(str(limits.clear_margin))
        found.append(
            EffectiveLevel(
                level.name,
                level.priority,
                number(exact),
                "baseline" if rank else "absolute",
                level.delay_ms,
                number(exact - margin if high else exact + margin),
            )
        )
    return tuple(found)


def _candidates(
    level: Level, limits: VitalLimits, base: Number | None
) -> Iterator[tuple[Fraction, int]]:
    """Yields each number this level could stand at; rank 0 is absolute, so that it wins a tie."""
    if level.limit is not None:
        yield Fraction(str(level.limit)), 0
    if base is None:
        return
    over = Fraction(str(base))
    floor = Fraction(str(limits.only_above)) if limits.only_above is not None else Fraction(0)
    if level.rise_mmhg is not None:
        yield max(over + Fraction(str(level.rise_mmhg)), floor), 1
    if level.rise_pct is not None:
        yield max(over * (1 + Fraction(str(level.rise_pct)) / 100), floor), 1


def number(exact: Fraction) -> Number:
    """The nearest number: whole where the fraction is."""
    return exact.numerator if exact.denominator == 1 else float(exact)
