"""The locked baseline: medians of what was measured before the dose (DESIGN 8, `baseline`)."""

from collections import deque
from fractions import Fraction
from typing import NamedTuple

from ketamon.core.limits import number
from ketamon.core.placement import PRESSURES, Place
from ketamon.vitals import Number

WINDOW_MS = 30 * 60_000


class Measured(NamedTuple):
    """A valid cuff or typed pressure, hr as it stood at that moment, and where the cuff was."""

    t: int
    values: dict[str, Number]
    place: Place


def lock(measured: deque[Measured], t: int, place: Place, fewest: int) -> dict[str, Number]:
    """Gives the baseline locked at `t`: a median per vital that has enough readings.

    A pressure measured elsewhere than where the cuff is now doesn't count.
    """
    recent = [m for m in measured if m.t >= t - WINDOW_MS]
    here = [m.values for m in recent if not m.place.moves(place)]
    locked: dict[str, Number] = {}
    for vital in (*PRESSURES, "hr"):
        among = here if vital in PRESSURES else [m.values for m in recent]
        values = sorted(values[vital] for values in among if vital in values)
        if len(values) >= fewest:
            half = len(values) // 2
            middle = values[half : half + 1] if len(values) % 2 else values[half - 1 : half + 1]
            exact = sum((Fraction(str(value)) for value in middle), Fraction(0)) / len(middle)
            locked[vital] = number(exact)
    return locked
