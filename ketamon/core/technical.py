"""A technical condition over time, and what is known of the record (DESIGN 7.7).

It lives by the same states and the same table as a patient's condition; it has a level instead of
a value, so the lines it gives out carry neither value nor limit.
"""

from dataclasses import dataclass

from ketamon.core.tracks import RESTING, Track
from ketamon.vitals import PRIORITY_RANK, TechnicalCondition

RECORD_LONG_AFTER_MS = 8_000  # told as failing at 2 s, it has failed for long at 10 s


@dataclass(slots=True, eq=False)
class TechnicalTrack(Track):
    """One technical condition's state; `level` is the one it stands at, 0 the mildest."""

    condition: TechnicalCondition
    level: int | None = None

    def put(self, t: int, level: int | None, *, dosing: bool, reason: str = "") -> None:
        """The condition now stands at this level, or at none; takes the step between."""
        self.level = level
        if level is None:
            if self.state not in RESTING:
                self._end(t)
            return
        priority = self.condition.priority(level, dosing=dosing)
        if self.state in RESTING:
            again = self.state == "latched"  # nobody answered: it latches again
            self.priority, self.raised_ms = priority, t
            self.was_high = again or priority == "high"
            self._ask(t)
            self._apply(t, "reached", reason)
            return
        rise = PRIORITY_RANK[priority] - PRIORITY_RANK[self.priority]
        if rise == 0:
            return
        self.priority = priority
        if rise > 0:
            self.was_high = self.was_high or priority == "high"
            self._ask(t)
        self._apply(t, "rose" if rise > 0 else "fell", reason)

    def flag(self, t: int, reason: str) -> None:
        """The same happened again, and changes nothing else."""
        self._apply(t, "flag", reason)

    def _end(self, t: int) -> None:
        """It is over: latched if it was HIGH and nobody answered, else cleared."""
        if self.state != "active" or not self.was_high:
            self._apply(t, "ended")
            self._finish()
            return
        self.latched_as_it_was = self.priority == "high"
        self.priority = "high"
        self.unanswered_due = self.realarm_due = None
        self._apply(t, "ended_after_high")


@dataclass(slots=True, eq=False)
class Record:
    """Whether entries reach the disk, as the engine told it; `long`: it said so for long."""

    failing_ms: int | None = None
    long: bool = False
    reason: str = ""

    def level(self, t: int) -> int | None:
        """The level of `record_failing` at `t`."""
        if self.failing_ms is None:
            return None
        return int(self.long or t >= self.failing_ms + RECORD_LONG_AFTER_MS)
