"""What the levels of one condition remember between values, and what they say of one.

Each keeps two runs: `run_t`, the first of the violating values that stand unbroken (its delay
counts from there), and the run of values inside by the margin that may end it (DESIGN 7.3).
"""

from dataclasses import dataclass
from typing import NamedTuple

from ketamon.core.limits import EffectiveLevel
from ketamon.vitals import Number


class Standing(NamedTuple):
    """The value that a vital stands at; `may_reach` is False in a run of invalid readings."""

    value: Number | None
    episodic: bool
    may_reach: bool


@dataclass(slots=True, eq=False)
class Run:
    """What one level remembers between values."""

    level: EffectiveLevel
    reached: bool = False
    held_run: int | None = None  # the run that was due while held, by its beginning
    run_t: int | None = None
    clear_t: int | None = None
    clear_count: int = 0

    def break_clear(self) -> None:
        """Forgets the run of values inside."""
        self.clear_t, self.clear_count = None, 0


class Levels:
    """Questions to one condition's levels, mildest first, and what all of them forget."""

    __slots__ = ()
    high: bool
    runs: list[Run]

    def beyond(self, level: EffectiveLevel, value: Number) -> bool:
        """Strictly beyond the limit."""
        return value > level.limit if self.high else value < level.limit

    def inside(self, level: EffectiveLevel, value: Number) -> bool:
        """Inside the limit by the margin."""
        return value <= level.clear_limit if self.high else value >= level.clear_limit

    def beyond_any(self, value: Number | None) -> bool:
        """Beyond any level in force."""
        return value is not None and any(self.beyond(run.level, value) for run in self.runs)

    def is_high(self, value: Number) -> bool:
        """Beyond a level that is HIGH."""
        return any(r.level.priority == "high" and self.beyond(r.level, value) for r in self.runs)

    def turns(self, value: Number) -> bool:
        """True if a reading of this, judged alone, would raise, lower or end something."""
        return any(run.reached != self.beyond(run.level, value) for run in self.runs)

    def worse_of(self, value: Number, other: Number | None) -> Number:
        """The worse of two values."""
        if other is None:
            return value
        return max(value, other) if self.high else min(value, other)

    def top(self) -> EffectiveLevel | None:
        """The worst level reached."""
        return next((run.level for run in reversed(self.runs) if run.reached), None)

    def set_reached(self, value: Number) -> None:
        """Reaches exactly the levels that this value is beyond."""
        self.drop_runs()
        for run in self.runs:
            run.reached = self.beyond(run.level, value)

    def drop_runs(self) -> None:
        """Forgets what values have led to."""
        for run in self.runs:
            run.run_t = None
            run.break_clear()
