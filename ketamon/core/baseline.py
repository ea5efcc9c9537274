"""The locked baseline: medians of what was measured before the dose (DESIGN 8, `baseline`)."""

from collections import deque
from fractions import Fraction
from typing import NamedTuple

from ketamon.core.limits import number
from ketamon.vitals import Number

WINDOW_MS = 30 * 60_000
FEWEST = 2


class Measured(NamedTuple):
    """A valid cuff or typed pressure, and hr as it stood at that moment."""

    t: int
    values: dict[str, Number]


def lock(measured: deque[Measured], t: int, old: dict[str, Number]) -> dict[str, Number]:
    """Gives the baseline locked at `t`: a median per vital; one with fewer than two stays as it was."""
    recent = [m.values for m in measured if m.t >= t - WINDOW_MS]
    locked = dict(old)
    for vital in ("sys", "dia", "map", "hr"):
        values = sorted(values[vital] for values in recent if vital in values)
        if len(values) >= FEWEST:
            half = len(values) // 2
            middle = values[half : half + 1] if len(values) % 2 else values[half - 1 : half + 1]
            exact = sum((Fraction(str(value)) for value in middle), Fraction(0)) / len(middle)
            locked[vital] = number(exact)
    return locked
