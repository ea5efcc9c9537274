"""When the cuff is due: a phase's plan as moments (DESIGN 6, `[cuff.schedule]`).

| plan | moments |
|---|---|
| `interval_min` | the phase's start and every interval after it |
| with `first` | the denser interval as long as it fits into `first.minutes`, then the ordinary one |
| `at_min` | these minutes after the phase's start, or after the event that `from` names |

A reading measured up to a quarter of the interval early, a minute at most, counts for the moment
that comes; for a phase's very start one that is up to an interval old does.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ketamon.core.profile import milliseconds
from ketamon.vitals import Number

EARLY_AT_MOST_MS = 60_000
PHASE = "phase"


class Slot(NamedTuple):
    """A moment at which a measurement is due; one up to `lead_ms` earlier satisfies it."""

    t: int
    lead_ms: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A phase's schedule. `anchor` names what it counts from, `restart_on` what starts it anew."""

    interval_ms: int = 0
    dense_ms: int = 0
    dense_until_ms: int = 0
    minutes_ms: tuple[int, ...] = ()
    anchor: str = PHASE
    restart_on: str | None = None

    def first_after(self, start_ms: int, after_ms: int) -> Slot | None:
        """The first moment later than `after_ms` of the plan begun at `start_ms`; None if none is."""
        passed = after_ms - start_ms
        if self.minutes_ms:
            return self._listed(start_ms, passed)
        if passed < 0:
            return Slot(start_ms, self.dense_ms if self.dense_until_ms else self.interval_ms)
        if passed < self.dense_until_ms:
            return _slot(start_ms, (passed // self.dense_ms + 1) * self.dense_ms, self.dense_ms)
        ordinary = (passed - self.dense_until_ms) // self.interval_ms + 1
        offset = self.dense_until_ms + ordinary * self.interval_ms
        return _slot(start_ms, offset, self.interval_ms)

    def _listed(self, start_ms: int, passed: int) -> Slot | None:
        index = bisect_right(self.minutes_ms, passed)
        if index == len(self.minutes_ms):
            return None
        at = self.minutes_ms[index]
        gap = at - self.minutes_ms[index - 1] if index else at or EARLY_AT_MOST_MS
        return _slot(start_ms, at, gap)


def plan_of(given: Mapping[str, Any] | None) -> Plan | None:
    """Reads a phase's table as a checked profile holds it; None where the phase has none."""
    if given is None:
        return None
    if "at_min" in given:
        minutes = tuple(_minutes(minute) for minute in given["at_min"])
        return Plan(
            minutes_ms=minutes,
            anchor=given.get("from", PHASE),
            restart_on=given.get("restart_on"),
        )
    interval = _minutes(given["interval_min"])
    first = given.get("first")
    if first is None:
        return Plan(interval)
    dense = _minutes(first["interval_min"])
    return Plan(interval, dense, _minutes(first["minutes"]) // dense * dense)


def _slot(start_ms: int, offset: int, gap: int) -> Slot:
    return Slot(start_ms + offset, min(EARLY_AT_MOST_MS, gap // 4))


def _minutes(minutes: Number) -> int:
    return milliseconds(minutes * 60)
